// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import io.quiverdb.coordinator.config.Section.Field;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Paths in a configuration. */
final class FilePath {
  private FilePath() {}

  /**
   * The path at a key.
   *
   * @param folder of the configuration file, where a relative path starts
   */
  static Path of(Field field, Path folder) throws ConfigException {
    try {
      if (!field.text().isBlank()) {
        return folder.resolve(field.text());
      }
    } catch (InvalidPathException e) {
      throw field.error("is no path: " + e.getReason());
    }
    throw field.error("is blank; wanted a file");
  }

  /** The same, if the key is there. */
  static Optional<Path> in(Section section, String key, Path folder) throws ConfigException {
    return section.has(key) ? Optional.of(of(section.field(key), folder)) : Optional.empty();
  }
}
