# SPDX-License-Identifier: MIT
import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy, load
from conan.tools.layout import basic_layout

required_conan_version = ">=2.0"


class HillockConan(ConanFile):
    name = "hillock"
    description = "Activation functions over Eigen, forward and backward, header-only"
    license = "MIT"
    topics = ("activation-functions", "eigen", "neural-networks", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    exports_sources = "include/*", "LICENSE"
    no_copy_source = True

    def set_version(self):
        header = load(self, os.path.join(self.recipe_folder, "include", "hillock", "version.hpp"))
        self.version = ".".join(re.findall(r"#define HILLOCK_VERSION_\w+ (\d+)", header))

    def layout(self):
        basic_layout(self)

    def requirements(self):
        self.requires("eigen/[>=3.4.0 <6]")

    def package_id(self):
        self.info.clear()

    def validate(self):
        try:
            check_min_cppstd(self, 17)
        except ConanInvalidConfiguration as error:
            raise ConanInvalidConfiguration(f"hillock needs C++17 or newer: {error}") from error

    def build(self):
        pass  # there is nothing to build

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        copy(self, "*.hpp", os.path.join(self.source_folder, "include"),
             os.path.join(self.package_folder, "include"))

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
