"""Shows Crosstie's tables in gdb by their entries.

In gdb, or in ~/.gdbinit:   source PREFIX/share/crosstie/crosstie_gdb.py

Every table lists its entries: lru_map and lru_rows in order of use, relation and table row by row,
uuid_assignment and digest_map by the bytes of their keys.
"""
import gdb
import gdb.printing

# As in detail/group.hpp and detail/limits.hpp: compilers leave no trace of these numbers.
GROUP_SLOTS = 14
ELEMENTS_A_SEGMENT = 1024
IDS_A_LINE = 16
LINES_A_CHUNK = 1024
LINES_MASK, HEAD_MASK, NUMBER_SHIFT = 15, 7, 4  # of detail/id_row.hpp
SINGLE_ROW, LONG_ROW = 1 << NUMBER_SHIFT, 2 << NUMBER_SHIFT
UUID_SLOTS = 6
TEXT_PAGE_BITS = 16
TEXT_GRAIN_BITS = 4  # of texts that lie in lines
ROW_PLACE = 2**28 - 1
NO_INDEX = 2**32 - 1
NARROW_NO_INDEX = 2**16 - 1


def elements_of(vector):
    """The elements of a std::vector, whatever standard library it is of."""
    return [child for _, child in gdb.default_visualizer(vector).children()]


def full_slots(table):
    """Yields the elements of a flat table in the order of its slots."""
    storage = table["storage_"]
    if int(storage["slots"]) == 0:
        return
    for g in range(int(storage["mask"]) + 1):
        tags = storage["groups"][g]["tags"]
        for i in range(GROUP_SLOTS):
            if int(tags[i]) != 0:
                yield storage["slots"][g * GROUP_SLOTS + i]


def pairs(entries):
    """Names children as gdb's display hint "map" wants them: key, value, key, value."""
    for number, (key, value) in enumerate(entries):
        yield f"[{2 * number}]", key
        yield f"[{2 * number + 1}]", value


class flat_set:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return f"crosstie::flat_set of {int(self.value['size_'])}"

    def children(self):
        for number, element in enumerate(full_slots(self.value)):
            yield f"[{number}]", element

    def display_hint(self):
        return "array"


class flat_map(flat_set):
    def to_string(self):
        return f"crosstie::flat_map of {int(self.value['size_'])}"

    def children(self):
        return pairs((e["first"], e["second"]) for e in full_slots(self.value))

    def display_hint(self):
        return "map"


class assignment(flat_set):
    def to_string(self):
        return f"crosstie::assignment of {int(self.value['size_'])}"

    def children(self):
        rows = self.value["row_of_"]
        wide = bool(rows["is_wide_"])
        none = NO_INDEX if wide else NARROW_NO_INDEX
        index = gdb.lookup_type("unsigned int" if wide else "unsigned short")
        row_of = rows["memory_"].cast(index.pointer())
        entries = ((column, row_of[column]) for column in range(int(rows["size_"])))
        return pairs((column, row) for column, row in entries if int(row) != none)

    def display_hint(self):
        return "map"


def joined(ids):
    return "{" + ", ".join(str(one) for one in ids) + "}"


class relation(flat_set):
    """Rows with members; their ids are shown in ascending order."""

    def to_string(self):
        rows = sum(1 for _, ids in self.entries() if ids)
        return f"crosstie::relation of {int(self.value['size_'])} pairs, {rows} rows"

    def children(self):
        return pairs((row, joined(sorted(ids))) for row, ids in self.entries() if ids)

    def display_hint(self):
        return "map"

    def entries(self):
        of = self.value["rows_"]
        chunks = elements_of(of["pool_"]["chunks_"])
        longs = elements_of(of["long_"]["rows_"])
        for number in range(int(of["rows_"]["size_"])):
            row = of["rows_"]["rows_"][number]
            place, further = int(row["place_"]), int(row["further_"])
            if place == SINGLE_ROW:
                yield number, [further]
            elif place == LONG_ROW:
                run, lines = longs[further]["run"], int(longs[further]["lines"])
                yield number, self.ids_of(run[i] for i in range(lines))
            else:
                yield number, self.ids_of(self.lines_of(chunks, place, further))

    @staticmethod
    def lines_of(chunks, place, further):
        for line in range(place & LINES_MASK):
            at = (place >> NUMBER_SHIFT) + line
            if line >= further & HEAD_MASK:
                at += further >> NUMBER_SHIFT
            yield chunks[at // LINES_A_CHUNK][at % LINES_A_CHUNK]

    @staticmethod
    def ids_of(lines):
        ids = [int(line["ids"][i]) for line in lines for i in range(IDS_A_LINE)]
        return [one for one in ids if one != NO_INDEX]


class table(flat_set):
    def to_string(self):
        return f"crosstie::table of {int(self.value['size_'])}"

    def children(self):
        for row, block in enumerate(elements_of(self.value["rows_"]["blocks_"])):
            if row >= int(self.value["rows_"]["size_"]):
                return
            yield from self.cells_of(row, block)

    def cells_of(self, row, block):
        capacity = int(block["capacity_"])
        if capacity == 0:
            return
        size = int(block["size_"])
        limit = capacity if capacity >= IDS_A_LINE else size
        value_type = self.value.type.strip_typedefs().template_argument(2)
        # Behind the ids, at the next address that is aligned for them.
        align = max(4, value_type.alignof)
        offset = (capacity * 4 + align - 1) // align * align
        values = int(block["ids_"]) + offset
        for place in range(limit):
            column = int(block["ids_"][place])
            if column != NO_INDEX:
                at = gdb.Value(values).cast(value_type.pointer()) + place
                yield f"[{row}, {column}]", at.dereference()

    def display_hint(self):
        return None


class interner(flat_set):
    def to_string(self):
        return f"crosstie::interner of {int(self.value['index_']['size_'])}"

    def holds_text(self):
        return any(field.name == "arena_" for field in self.value["entries_"].type.fields())

    def children(self):
        entries = self.value["entries_"]
        if self.holds_text():
            for number, place in enumerate(elements_of(entries["places_"])):
                yield f"[{number}]", self.text_at(entries["arena_"], int(place))
            return
        segments = elements_of(entries["values_"]["segments_"])
        for number in range(int(self.value["index_"]["size_"])):
            segment = segments[number // ELEMENTS_A_SEGMENT]
            yield f"[{number}]", segment[number % ELEMENTS_A_SEGMENT]

    @staticmethod
    def text_at(arena, place):
        in_lines = int(arena.type.strip_typedefs().template_argument(1))
        position = place << (TEXT_GRAIN_BITS if in_lines else 0)
        page = elements_of(arena["pages_"])[position >> TEXT_PAGE_BITS]
        at = page + (position & (1 << TEXT_PAGE_BITS) - 1)
        length = bits = 0
        while True:
            byte = int(at.dereference()) & 0xFF
            at += 1
            length |= (byte & 127) << bits
            bits += 7
            if byte < 128:
                return at.lazy_string(length=length)


class matrix(flat_set):
    def to_string(self):
        return f"crosstie::matrix of {int(self.value['rows_'])} x {int(self.value['columns_'])}"

    def children(self):
        columns = int(self.value["columns_"])
        for row in range(int(self.value["rows_"])):
            first = self.value["cells_"] + row * int(self.value["stride_"])
            if columns:
                yield f"[{row}]", array_at(first, columns)


def array_at(pointer, count):
    return pointer.cast(pointer.type.target().array(count - 1).pointer()).dereference()


class lru_map(flat_set):
    def to_string(self):
        size, capacity = int(self.value["list_"]["size"]), int(self.value["capacity_"])
        return f"crosstie::lru_map of {size} (at most {capacity})"

    def children(self):
        return pairs((e["first"], e["second"]) for e in self.entries())

    def entries(self):
        return self.nodes_from(self.value["list_"]["newest"])

    @staticmethod
    def nodes_from(node):
        while int(node) != 0:
            held = node.dereference().type.strip_typedefs()
            element = gdb.lookup_type(f"{held}::element")
            yield node["memory"].address.cast(element.pointer()).dereference()
            node = node["older"]

    def display_hint(self):
        return "map"


class lru_rows(lru_map):
    def to_string(self):
        rows = int(self.value["rows_"]["size_"])
        return f"crosstie::lru_rows of {rows} rows (at most {int(self.value['row_capacity_'])} each)"

    def entries(self):
        for row in full_slots(self.value["rows_"]):
            yield from self.nodes_from(row["second"]["newest"])


class steady_map(flat_map):
    def to_string(self):
        return f"crosstie::steady_map of {int(self.value['size_'])}"

    def children(self):
        return pairs((e["first"], e["second"]) for e in self.entries())

    def entries(self):
        last = None
        for segment in elements_of(self.value["directory_"]):
            if last is None or int(segment) != last:
                yield from full_slots(segment["map"])
            last = int(segment)


class concurrent_map(flat_map):
    """All shards, whatever lock is held: a stopped program does not run on."""

    def to_string(self):
        size = sum(int(shard["size_"]) for shard in self.shards())
        return f"crosstie::concurrent_map of {size} in {int(self.value['shard_mask_']) + 1} shards"

    def children(self):
        return pairs((e["first"], e["second"]) for s in self.shards() for e in full_slots(s))

    def shards(self):
        found = gdb.default_visualizer(self.value["shards_"])
        first = found.pointer if hasattr(found, "pointer") else next(iter(found.children()))[1]
        map_type = first.type.strip_typedefs().target()["content"].type.strip_typedefs()
        for number in range(int(self.value["shard_mask_"]) + 1):
            shard = (first + number).dereference()
            yield shard["content"].address.cast(map_type.template_argument(0).pointer()).dereference()


class digest_map(flat_map):
    def to_string(self):
        size = sum(int(self.value[part]["size_"]) for part in ("entries_", "collided_"))
        return f"crosstie::digest_map of {size}"

    def children(self):
        entries = ((e["first"], e["second"]) for part in ("entries_", "collided_")
                   for e in full_slots(self.value[part]))
        return pairs((key, self.value_of(held)) for key, held in entries)

    @staticmethod
    def value_of(held):
        fields = [field.name for field in held.type.strip_typedefs().fields()] \
            if held.type.strip_typedefs().code == gdb.TYPE_CODE_STRUCT else []
        return held["value"] if fields == ["position", "value"] else held


class uuid_assignment(flat_map):
    """Columns that are no UUIDs are shown by the text that their key stands for."""

    def to_string(self):
        return f"crosstie::uuid_assignment of {int(self.value['slots_']['size_'])}"

    def children(self):
        return pairs(self.entries())

    def entries(self):
        arena = self.value["rows_"]["entries_"]["arena_"]
        others = interner(self.value["keys_"]["others_"])
        buckets = self.value["slots_"]["buckets_"]
        for number in range(int(buckets["size_"])):
            bucket = buckets["first_"][number]
            for slot in range(UUID_SLOTS):
                if int(bucket["tags"][slot]) == 0:
                    continue
                words = [int(bucket["words"][slot][i]) for i in range(5)]
                high, low = words[0] | words[1] << 32, words[2] | words[3] << 32
                key = f"{high:016x}{low:016x}"
                column = "-".join((key[:8], key[8:12], key[12:16], key[16:20], key[20:]))
                if high == 2**64 - 1:
                    column = list(others.children())[low][1].value()
                yield column, interner.text_at(arena, words[4] & ROW_PLACE)


class digest128:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        low = int(self.value["low"]).to_bytes(8, "little")
        return (low + int(self.value["high"]).to_bytes(8, "little")).hex()


def printers():
    collection = gdb.printing.RegexpCollectionPrettyPrinter("crosstie")
    for name in ("flat_set", "flat_map", "assignment", "relation", "table", "interner", "matrix",
                 "lru_map", "lru_rows", "steady_map", "concurrent_map", "digest_map",
                 "uuid_assignment"):
        collection.add_printer(name, f"^crosstie::{name}<.*>$", globals()[name])
    collection.add_printer("digest128", "^crosstie::digest128$", digest128)
    return collection


gdb.printing.register_pretty_printer(gdb.current_objfile(), printers(), replace=True)
