"""Conan 2 recipe of the table library: conan create packaging/conan -s compiler.cppstd=23"""
import os

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy


class crosstie_recipe(ConanFile):
    name = "crosstie"
    version = "0.1.0"
    description = "Tables with two-dimensional keys, headers only"
    license = "Apache-2.0"
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    no_copy_source = True

    def layout(self):
        cmake_layout(self)

    def export_sources(self):
        root = os.path.join(self.recipe_folder, "..", "..")
        for pattern in ("CMakeLists.txt", "LICENSE", "cmake/*", "include/*", "packaging/debuggers/*"):
            copy(self, pattern, root, self.export_sources_folder)

    def validate(self):
        check_min_cppstd(self, 23)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["CROSSTIE_BUILD_SCHEDULER"] = False
        toolchain.cache_variables["CROSSTIE_BUILD_TESTS"] = False
        toolchain.generate()

    def build(self):
        CMake(self).configure()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))

    def package_id(self):
        self.info.clear()

    def package_info(self):
        # The package's own CMake files are used, so that CMake finds it the same way everywhere.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("share", "cmake", "crosstie")]
        self.cpp_info.set_property("pkg_config_name", "crosstie")
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
