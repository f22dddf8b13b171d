// Volumes of pods, and the kinds that storage is made of.
#include "cluster/decode_kinds.hpp"

namespace crosstie::cluster {

namespace {

struct source_kind {
  std::string_view key;  // of the volume
  volume_kind kind;
  std::string_view source;  // the member that tells which disk
};
constexpr source_kind source_kinds[] = {
    {"persistentVolumeClaim", volume_kind::persistent_volume_claim, "claimName"},
    {"ephemeral", volume_kind::ephemeral, ""},
    {"gcePersistentDisk", volume_kind::gce_persistent_disk, "pdName"},
    {"awsElasticBlockStore", volume_kind::aws_elastic_block_store, "volumeID"},
    {"azureDisk", volume_kind::azure_disk, "diskURI"},
    {"azureFile", volume_kind::azure_file, "shareName"},
    {"cinder", volume_kind::cinder, "volumeID"},
    {"vsphereVolume", volume_kind::vsphere, "volumePath"},
    {"portworxVolume", volume_kind::portworx, "volumeID"},
    {"rbd", volume_kind::rbd, "image"},
    {"iscsi", volume_kind::iscsi, "iqn"},
    {"csi", volume_kind::csi, "volumeHandle"},
    {"image", volume_kind::image, "reference"},
};

std::vector<node_selector_term> read_topologies(json_field& field) {
  std::vector<node_selector_term> terms;
  field.for_each_element([&](json_field& element) {
    node_selector_term& term = terms.emplace_back();
    element.for_each_member([&](std::string_view part, json_field& expressions) {
      if (part != "matchLabelExpressions") return;
      expressions.for_each_element([&](json_field& expression) {
        requirement& read = term.match_expressions.emplace_back(no_name, selector_operator::in,
                                                                std::vector<name_id>{});
        expression.for_each_member([&](std::string_view key, json_field& value) {
          if (key == "key") {
            read.key = value.name();
          } else if (key == "values") {
            read.values = read_names(value);
          }
        });
      });
    });
  });
  return terms;
}

// The members of a PersistentVolume's spec, which a VolumeAttachment may carry too.
void read_volume_spec(std::string_view key, json_field& value, persistent_volume& volume,
                      pod_volume& source) {
  if (key == "capacity") {
    volume.capacity = read_resources(value);
  } else if (key == "accessModes") {
    volume.access_modes = read_names(value);
  } else if (key == "storageClassName") {
    volume.storage_class = value.name();
  } else if (key == "volumeMode") {
    volume.volume_mode = value.name();
  } else if (key == "volumeAttributesClassName") {
    volume.attributes_class = value.name();
  } else if (key == "claimRef") {
    volume.has_claim = !value.is_null();
    value.for_each_member([&](std::string_view part, json_field& member) {
      if (part == "namespace") {
        volume.claim_ns = member.name();
      } else if (part == "name") {
        volume.claim_name = member.name();
      } else if (part == "uid") {
        volume.claim_uid = member.name();
      }
    });
  } else if (key == "nodeAffinity") {
    value.for_each_member([&](std::string_view part, json_field& member) {
      if (part == "required" && !member.is_null()) volume.affinity = read_node_selector(member);
    });
  } else {
    read_volume_source(key, value, source);
  }
}

}  // namespace

bool read_volume_source(std::string_view key, json_field& field, pod_volume& into) {
  for (const source_kind& known : source_kinds) {
    if (known.key != key) continue;
    if (field.is_null()) return true;
    into.kind = known.kind;
    field.for_each_member([&](std::string_view part, json_field& value) {
      if (part == known.source) {
        into.source = value.name();
      } else if (part == "readOnly") {
        into.read_only = value.boolean();
      } else if (part == "partition" || part == "lun") {
        into.partition = value.int32();
      } else if (part == "driver") {
        into.driver = value.name();
      } else if (part == "pool") {
        into.pool = value.name();
      } else if (part == "monitors") {
        into.monitors = read_names(value);
      } else if (part == "kind") {
        into.disk_kind = value.name();
      }
    });
    // SetDefaults_RBDVolumeSource.
    if (into.kind == volume_kind::rbd && into.pool == no_name) {
      into.pool = field.names().intern("rbd");
    }
    if (into.kind == volume_kind::azure_disk && into.disk_kind == no_name) {
      into.disk_kind = field.names().intern("Shared");
    }
    return true;
  }
  return false;
}

persistent_volume read_persistent_volume(json_field& root) {
  persistent_volume volume{};
  pod_volume source{};
  source.kind = volume_kind::other;
  const metadata meta =
      read_object(root, scope::cluster_wide, true, [&](std::string_view key, json_field& member) {
        if (key != "spec" && key != "status") return;
        member.for_each_member([&](std::string_view part, json_field& value) {
          if (key == "spec") {
            read_volume_spec(part, value, volume, source);
          } else if (part == "phase") {
            volume.phase = value.name();
          }
        });
      });
  volume.name = meta.name;
  volume.uid = meta.uid;
  volume.labels = meta.labels;
  volume.annotations = meta.annotations;
  volume.terminating = meta.terminating;
  volume.kind = source.kind;
  volume.source = source.source;
  volume.driver = source.driver;
  volume.disk_kind = source.disk_kind;
  if (volume.volume_mode == no_name) volume.volume_mode = root.names().intern("Filesystem");
  if (volume.phase == no_name) volume.phase = root.names().intern("Pending");
  return volume;
}

persistent_volume_claim read_persistent_volume_claim(json_field& root) {
  persistent_volume_claim claim{};
  const metadata meta =
      read_object(root, scope::namespaced, true, [&](std::string_view key, json_field& member) {
        if (key != "spec" && key != "status") return;
        member.for_each_member([&](std::string_view part, json_field& value) {
          if (key == "status") {
            if (part == "phase") claim.phase = value.name();
          } else if (part == "accessModes") {
            claim.access_modes = read_names(value);
          } else if (part == "resources") {
            value.for_each_member([&](std::string_view list, json_field& amounts) {
              if (list == "requests") claim.requests = read_resources(amounts);
            });
          } else if (part == "storageClassName") {
            if (!value.is_null()) claim.storage_class = value.name();
          } else if (part == "volumeMode") {
            claim.volume_mode = value.name();
          } else if (part == "volumeName") {
            claim.volume_name = value.name();
          } else if (part == "volumeAttributesClassName") {
            claim.attributes_class = value.name();
          } else if (part == "selector") {
            if (!value.is_null()) claim.selector = read_label_selector(value);
          }
        });
      });
  claim.ns = meta.ns;
  claim.name = meta.name;
  claim.uid = meta.uid;
  claim.annotations = meta.annotations;
  claim.controller = meta.controller;
  claim.terminating = meta.terminating;
  if (claim.volume_mode == no_name) claim.volume_mode = root.names().intern("Filesystem");
  if (claim.phase == no_name) claim.phase = root.names().intern("Pending");
  return claim;
}

storage_class read_storage_class(json_field& root) {
  storage_class read{};
  const metadata meta =
      read_object(root, scope::cluster_wide, true, [&](std::string_view key, json_field& member) {
        if (key == "provisioner") {
          read.provisioner = member.name();
        } else if (key == "volumeBindingMode") {
          read.wait_for_first_consumer = member.text() == "WaitForFirstConsumer";
        } else if (key == "allowedTopologies") {
          read.allowed_topologies = read_topologies(member);
        }
      });
  read.name = meta.name;
  read.created = meta.created;
  read.terminating = meta.terminating;
  const recent_names& names = root.names();
  for (const label& note : meta.annotations) {
    const std::string_view key = names.text(note.key);
    if (key == "storageclass.kubernetes.io/is-default-class" ||
        key == "storageclass.beta.kubernetes.io/is-default-class") {
      read.is_default |= names.text(note.value) == "true";
    }
  }
  return read;
}

csi_node read_csi_node(json_field& root) {
  csi_node read{};
  const metadata meta =
      read_object(root, scope::cluster_wide, true, [&](std::string_view key, json_field& member) {
        if (key != "spec") return;
        member.for_each_member([&](std::string_view part, json_field& drivers) {
          if (part != "drivers") return;
          read.drivers.clear();
          drivers.for_each_element([&](json_field& element) {
            csi_node_driver& driver = read.drivers.emplace_back();
            element.for_each_member([&](std::string_view field, json_field& value) {
              if (field == "name") {
                driver.name = value.name();
              } else if (field == "nodeID") {
                driver.node_id_text = value.name();
              } else if (field == "topologyKeys") {
                driver.topology_keys = read_names(value);
              } else if (field == "allocatable") {
                value.for_each_member([&](std::string_view limit, json_field& count) {
                  if (limit == "count" && !count.is_null()) {
                    driver.allocatable_count = count.int32();
                  }
                });
              }
            });
          });
        });
      });
  read.name = meta.name;
  const recent_names& names = root.names();
  for (const label& note : meta.annotations) {
    if (names.text(note.key) == "storage.alpha.kubernetes.io/migrated-plugins") {
      read.migrated_plugins = note.value;
    }
  }
  return read;
}

csi_driver read_csi_driver(json_field& root) {
  csi_driver read{};
  const metadata meta =
      read_object(root, scope::cluster_wide, false, [&](std::string_view key, json_field& member) {
        if (key != "spec") return;
        member.for_each_member([&](std::string_view part, json_field& value) {
          if (part == "storageCapacity") read.storage_capacity = value.boolean();
        });
      });
  read.name = meta.name;
  return read;
}

csi_storage_capacity read_csi_storage_capacity(json_field& root) {
  csi_storage_capacity read{};
  const metadata meta =
      read_object(root, scope::namespaced, false, [&](std::string_view key, json_field& member) {
        if (key == "storageClassName") {
          read.storage_class = member.name();
        } else if (key == "nodeTopology") {
          if (!member.is_null()) read.topology = read_label_selector(member);
        } else if (key == "capacity") {
          if (!member.is_null()) read.capacity = member.amount();
        } else if (key == "maximumVolumeSize") {
          if (!member.is_null()) read.maximum_volume_size = member.amount();
        }
      });
  read.ns = meta.ns;
  read.name = meta.name;
  return read;
}

volume_attachment read_volume_attachment(json_field& root) {
  volume_attachment read{};
  auto read_source = [&](json_field& source) {
    source.for_each_member([&](std::string_view part, json_field& value) {
      if (part == "persistentVolumeName") {
        read.persistent_volume = value.name();
      } else if (part == "inlineVolumeSpec" && !value.is_null()) {
        pod_volume& inside = read.inline_volume.emplace();
        inside.kind = volume_kind::other;
        value.for_each_member([&](std::string_view key, json_field& member) {
          read_volume_source(key, member, inside);
        });
      }
    });
  };
  const metadata meta =
      read_object(root, scope::cluster_wide, false, [&](std::string_view key, json_field& member) {
        if (key != "spec") return;
        member.for_each_member([&](std::string_view part, json_field& value) {
          if (part == "attacher") {
            read.attacher = value.name();
          } else if (part == "nodeName") {
            read.node = value.name();
          } else if (part == "source") {
            read_source(value);
          }
        });
      });
  read.name = meta.name;
  return read;
}

}  // namespace crosstie::cluster
