// crosstie completion: a script that completes commands, options and their values.
//
// The script is written from the same definitions as the help texts, so the two cannot disagree.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.hpp"
#include "cli/output.hpp"

namespace crosstie::cli {
namespace {

// One place where a word may stand: an option's value or a subcommand's arguments.
enum class word_kind : std::uint8_t { choice, file, free };

struct completable {
  std::vector<std::string> names;  // "--output", "-o"; empty: the subcommand's arguments
  std::vector<std::string> words;
  std::string description;
  word_kind kind = word_kind::free;
  bool takes_value = false;
};

std::vector<std::string> split(std::string_view text, char mark) {
  std::vector<std::string> parts;
  for (std::size_t end; (end = text.find(mark)) != std::string_view::npos;) {
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.emplace_back(text);
  return parts;
}

completable read(const CLI::Option& option) {
  completable out;
  for (const auto& name : option.get_snames()) out.names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) out.names.push_back("--" + name);
  out.description = option.get_description();
  const std::string type = option.get_type_name();
  out.takes_value = option.get_items_expected_max() != 0;
  if (type == file_type) out.kind = word_kind::file;
  if (type.find('|') != std::string::npos) {
    out.kind = word_kind::choice;
    out.words = split(type, '|');
  }
  return out;
}

std::vector<completable> read_options(const CLI::App& app) {
  std::vector<completable> out;
  for (const CLI::Option* option : app.get_options()) out.push_back(read(*option));
  return out;
}

std::vector<const CLI::App*> subcommands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

// ---- bash -------------------------------------------------------------------------------------

void print_bash_values(output& to, const std::vector<completable>& options) {
  to.write("      case $previous in\n");
  for (const completable& one : options) {
    if (one.names.empty() || !one.takes_value) continue;
    const std::string pattern = fmt::format("{}", fmt::join(one.names, " | "));
    if (one.kind == word_kind::choice) {
      to.print("        {}) COMPREPLY=($(compgen -W '{}' -- \"$word\")); return ;;\n", pattern,
               fmt::join(one.words, " "));
    } else if (one.kind == word_kind::file) {
      to.print(
          "        {}) compopt -o filenames; COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n",
          pattern);
    } else {
      to.print("        {}) return ;;\n", pattern);
    }
  }
  to.write("      esac\n");
}

void print_bash_words(output& to, const std::vector<completable>& options) {
  std::vector<std::string> words;
  for (const completable& one : options) {
    words.insert(words.end(), one.names.begin(), one.names.end());
    if (one.names.empty()) words.insert(words.end(), one.words.begin(), one.words.end());
  }
  to.print("      COMPREPLY=($(compgen -W '{}' -- \"$word\")) ;;\n", fmt::join(words, " "));
}

// The benches are another program's, which may come later or never: it is asked when somebody
// completes. Its lines: name, values, description.
constexpr std::string_view bash_bench = R"sh(    bench)
      local bench='' name values description
      for ((++i; i < COMP_CWORD; ++i)); do
        if [[ ${COMP_WORDS[i]} != -* ]]; then
          bench=${COMP_WORDS[i]}
          break
        fi
      done
      while IFS=$'\t' read -r name values description; do
        if [[ $name == "$previous" && $values != - ]]; then
          COMPREPLY=()
          case $values in
            FILE) compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")) ;;
            *'|'*) COMPREPLY=($(compgen -W "${values//|/ }" -- "$word")) ;;
          esac
          return
        elif [[ $name == '*' ]]; then
          [[ $values != FILE || $word == -* ]] || COMPREPLY+=($(compgen -f -- "$word"))
        elif [[ $name == "$word"* ]]; then
          COMPREPLY+=("$name")
        fi
      done < <("${COMP_WORDS[0]}" bench words ${bench:+"$bench"} 2>/dev/null) ;;
)sh";

void print_bash(output& to, const CLI::App& app) {
  to.write(R"(# bash completion for crosstie: source it, or put it into
# /etc/bash_completion.d or ~/.local/share/bash-completion/completions/crosstie
_crosstie() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' i
  COMPREPLY=()
  # "--output=json" arrives as three words: the value is asked for with "=" before it.
  if [[ $previous == '=' ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  elif [[ $word == '=' ]]; then
    word=''
  fi
  for ((i = 1; i < COMP_CWORD; ++i)); do
    if [[ ${COMP_WORDS[i]} != -* ]]; then
      command=${COMP_WORDS[i]}
      break
    fi
  done
  case $command in
)");
  for (const CLI::App* sub : subcommands_of(app)) {
    if (sub->get_name() == "bench") {
      to.write(bash_bench);
      continue;
    }
    const auto options = read_options(*sub);
    to.print("    {})\n", sub->get_name());
    print_bash_values(to, options);
    print_bash_words(to, options);
  }
  std::vector<std::string> words;
  for (const CLI::App* sub : subcommands_of(app)) words.push_back(sub->get_name());
  for (const completable& one : read_options(app)) {
    words.insert(words.end(), one.names.begin(), one.names.end());
  }
  to.print("    '') COMPREPLY=($(compgen -W '{}' -- \"$word\")) ;;\n", fmt::join(words, " "));
  to.write("  esac\n}\ncomplete -F _crosstie crosstie\n");
}

// ---- zsh --------------------------------------------------------------------------------------

// A text inside '...[TEXT]...' of an _arguments specification.
std::string zsh_quoted(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_action(const completable& one) {
  switch (one.kind) {
    case word_kind::choice:
      return fmt::format("({})", fmt::join(one.words, " "));
    case word_kind::file:
      return "_files";
    case word_kind::free:
      break;
  }
  return " ";
}

void print_zsh_arguments(output& to, const std::vector<completable>& options) {
  to.write("      _arguments");
  for (const completable& one : options) {
    if (one.names.empty()) {
      to.print(" \\\n        '*:{}:{}'", zsh_quoted(one.description), zsh_action(one));
      continue;
    }
    for (const std::string& name : one.names) {
      const std::string value =
          one.takes_value ? fmt::format(":value:{}", zsh_action(one)) : std::string();
      to.print(" \\\n        '*{}[{}]{}'", name, zsh_quoted(one.description), value);
    }
  }
  to.write(" ;;\n");
}

constexpr std::string_view zsh_bench = R"sh(    bench)
      local name values description
      local -a found
      if ((CURRENT == 2)); then
        $program bench words 2>/dev/null | while IFS=$'\t' read -r name values description; do
          found+=("$name:$description")
        done
        _describe bench found
        return
      fi
      $program bench words $words[2] 2>/dev/null |
        while IFS=$'\t' read -r name values description; do
          description=${description//[][:]/ }
          case $values in
            -) values='' ;;
            FILE) values=':value:_files' ;;
            *'|'*) values=":value:(${values//|/ })" ;;
            *) values=':value: ' ;;
          esac
          [[ $name == '*' ]] && found+=("*$values") || found+=("*${name}[$description]$values")
        done
      shift words
      ((CURRENT--))
      _arguments $found ;;
)sh";

void print_zsh(output& to, const CLI::App& app) {
  to.write(R"(#compdef crosstie
# zsh completion for crosstie: put it as _crosstie into a directory of $fpath, or source it
_crosstie() {
  local context state line
  local -a commands
  commands=(
)");
  for (const CLI::App* sub : subcommands_of(app)) {
    to.print("    '{}:{}'\n", sub->get_name(), zsh_quoted(sub->get_description()));
  }
  to.write(R"(  )
  if ((CURRENT == 2)); then
    _describe command commands
    _arguments '--help[print this help and exit]' '--version[print the version and exit]'
    return
  fi
  local program=$words[1] command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
)");
  for (const CLI::App* sub : subcommands_of(app)) {
    if (sub->get_name() == "bench") {
      to.write(zsh_bench);
      continue;
    }
    to.print("    {})\n", sub->get_name());
    print_zsh_arguments(to, read_options(*sub));
  }
  to.write(R"(  esac
}
if [[ ${funcstack[1]} == _crosstie ]]; then
  _crosstie "$@"
else
  compdef _crosstie crosstie
fi
)");
}

int run(const std::string& shell) {
  CLI::App app("", "crosstie");
  std::function<int()> unused;
  define_all(app, unused);
  output to(STDOUT_FILENO);
  if (shell == "bash") {
    print_bash(to, app);
  } else {
    print_zsh(to, app);
  }
  if (auto written = to.finish(); !written) {
    print_error("standard output: " + written.error());
    return failed;
  }
  return done;
}

}  // namespace

std::function<int()> define_completion(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  add_choice(app, "SHELL", *shell, {"bash", "zsh"}, "bash or zsh")->required();
  add_examples(app, R"(source <(crosstie completion bash)
crosstie completion zsh > ~/.zfunc/_crosstie)");
  return [shell] { return run(*shell); };
}

}  // namespace crosstie::cli
