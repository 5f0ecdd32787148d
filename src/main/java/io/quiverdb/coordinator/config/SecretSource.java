// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A secret and its source.
 *
 * @param file the file of the secret, which is watched; empty if the secret is in the configuration
 *     itself
 */
public record SecretSource(Secret secret, Optional<Path> file) {
  /** Reads {@code secret} or {@code secret_file}; empty if both are absent. */
  static Optional<SecretSource> of(Section section, Path folder, List<String> warnings)
      throws ConfigException {
    if (section.has("secret") && section.has("secret_file")) {
      throw section.error("secret_file", "give secret or secret_file, not both");
    }
    if (section.has("secret")) {
      return Optional.of(
          new SecretSource(KeyFiles.checked(section.field("secret")), Optional.empty()));
    }
    if (section.has("secret_file")) {
      Section.Field field = section.field("secret_file");
      Secret secret = KeyFiles.read(field, folder, warnings);
      return Optional.of(new SecretSource(secret, Optional.of(FilePath.of(field, folder))));
    }
    return Optional.empty();
  }
}
