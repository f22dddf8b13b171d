"""Shows Crosstie's tables in gdb by their entries.

In gdb, or in ~/.gdbinit:   source PREFIX/share/crosstie/crosstie_gdb.py

flat_set, flat_map, assignment, interner of text and matrix list their entries, lru_map in order of
use; relation and concurrent_map tell their size.
"""
import gdb
import gdb.printing

# As in detail/group.hpp and detail/limits.hpp: compilers leave no trace of these numbers.
GROUP_SLOTS = 14
ELEMENTS_A_SEGMENT = 1024
TEXT_PAGE_BITS = 16
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
        entries = enumerate(elements_of(rows["wide_" if wide else "narrow_"]))
        return pairs((column, row) for column, row in entries if int(row) != none)

    def display_hint(self):
        return "map"


class relation:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        rows = sum(1 for _ in gdb.default_visualizer(self.value["rows_"]["rows_"]).children())
        return f"crosstie::relation of {int(self.value['size_'])} pairs, {rows} rows"


class interner(flat_set):
    def to_string(self):
        return f"crosstie::interner of {self.size()}"

    def size(self):
        entries = self.value["entries_"]
        positions = entries["positions_"] if self.holds_text() else entries["values_"]
        return int(positions["size_"])

    def holds_text(self):
        return any(field.name == "arena_" for field in self.value["entries_"].type.fields())

    def children(self):
        entries = self.value["entries_"]
        items = entries["positions_"] if self.holds_text() else entries["values_"]
        segments = elements_of(items["segments_"])
        if not segments:
            return
        pages = elements_of(entries["arena_"]["pages_"]) if self.holds_text() else []
        for number in range(self.size()):
            item = segments[number // ELEMENTS_A_SEGMENT][number % ELEMENTS_A_SEGMENT]
            yield f"[{number}]", self.text_at(pages, int(item)) if pages else item

    @staticmethod
    def text_at(pages, position):
        at = pages[position >> TEXT_PAGE_BITS] + (position & (1 << TEXT_PAGE_BITS) - 1)
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
        node = self.value["list_"]["newest"]
        while int(node) != 0:
            held = node.dereference().type.strip_typedefs()
            element = gdb.lookup_type(f"{held}::element")
            yield node["memory"].address.cast(element.pointer()).dereference()
            node = node["older"]

    def display_hint(self):
        return "map"


class concurrent_map:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return f"crosstie::concurrent_map of {int(self.value['shard_mask_']) + 1} shards"


class digest128:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        low = int(self.value["low"]).to_bytes(8, "little")
        return (low + int(self.value["high"]).to_bytes(8, "little")).hex()


def printers():
    collection = gdb.printing.RegexpCollectionPrettyPrinter("crosstie")
    for name in ("flat_set", "flat_map", "assignment", "relation", "interner", "matrix", "lru_map",
                 "concurrent_map"):
        collection.add_printer(name, f"^crosstie::{name}<.*>$", globals()[name])
    collection.add_printer("digest128", "^crosstie::digest128$", digest128)
    return collection


gdb.printing.register_pretty_printer(gdb.current_objfile(), printers(), replace=True)
