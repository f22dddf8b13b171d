"""Shows Crosstie's tables in lldb: their sizes, and the entries of flat_set and flat_map.

In lldb, or in ~/.lldbinit:   command script import PREFIX/share/crosstie/crosstie_lldb.py
"""
import lldb

# As in detail/group.hpp: compilers leave no trace of it.
GROUP_SLOTS = 14
SIZES = {
    **dict.fromkeys(("flat_set", "flat_map", "assignment", "relation", "table", "steady_map"),
                    ("size_",)),
    "uuid_assignment": ("slots_", "size_"),
    "lru_rows": ("store_", "index_", "size_"),
}
KINDS = (*SIZES, "interner", "matrix", "lru_map", "concurrent_map", "digest_map")


def number(value, *path):
    for name in path:
        value = value.GetNonSyntheticValue().GetChildMemberWithName(name)
    return value.GetValueAsUnsigned()


def kind_of(value):
    name = value.GetType().GetCanonicalType().GetUnqualifiedType().GetName()
    return name.split("<")[0].rsplit("::", 1)[-1]


def summary(value, _):
    value = value.GetNonSyntheticValue()
    kind = kind_of(value)
    if kind in SIZES:
        return f"{number(value, *SIZES[kind])} entries"
    if kind == "matrix":
        return f"{number(value, 'rows_')} x {number(value, 'columns_')}"
    if kind == "lru_map":
        return f"{number(value, 'list_', 'size')} entries (at most {number(value, 'capacity_')})"
    if kind == "concurrent_map":
        return f"{number(value, 'shard_mask_') + 1} shards"
    if kind == "digest_map":
        return f"{number(value, 'entries_', 'size_') + number(value, 'collided_', 'size_')} entries"
    return f"{number(value, 'index_', 'size_')} names"


class flat_entries:
    """The children of a flat table, in the order of its slots."""

    def __init__(self, value, _):
        self.value = value
        self.places = []

    def update(self):
        storage = self.value.GetChildMemberWithName("storage_")
        slots = storage.GetChildMemberWithName("slots")
        groups = storage.GetChildMemberWithName("groups")
        self.places = []
        self.type = slots.GetType().GetPointeeType()
        if slots.GetValueAsUnsigned() == 0:
            return False
        size = self.type.GetByteSize()
        process = self.value.GetProcess()
        for group in range(number(storage, "mask") + 1):
            tags = process.ReadMemory(groups.GetValueAsUnsigned() + 16 * group, GROUP_SLOTS,
                                      lldb.SBError())
            first = slots.GetValueAsUnsigned() + size * GROUP_SLOTS * group
            self.places += [first + size * i for i, tag in enumerate(tags or b"") if tag]
        return False

    def num_children(self):
        return len(self.places)

    def has_children(self):
        return True

    def get_child_index(self, name):
        return int(name.strip("[]"))

    def get_child_at_index(self, index):
        return self.value.CreateValueFromAddress(f"[{index}]", self.places[index], self.type)


def __lldb_init_module(debugger, _):
    script = __name__
    for kind in KINDS:
        debugger.HandleCommand(f"type summary add -e -w crosstie -F {script}.summary "
                               f'-x "^crosstie::{kind}<.*>$"')
    for kind in ("flat_set", "flat_map"):
        debugger.HandleCommand(f"type synthetic add -w crosstie -l {script}.flat_entries "
                               f'-x "^crosstie::{kind}<.*>$"')
    debugger.HandleCommand("type category enable crosstie")
