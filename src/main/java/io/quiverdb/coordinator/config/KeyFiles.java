// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import io.quiverdb.coordinator.config.ConfigNode.Mapping;
import io.quiverdb.coordinator.config.ConfigNode.Scalar;
import io.quiverdb.coordinator.config.ConfigNode.Sequence;
import io.quiverdb.coordinator.config.Section.Field;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads secrets, and warns if other users can read their files. */
final class KeyFiles {
  private static final Set<String> SECRET_KEYS = Set.of("secret", "key", "router_key");

  private KeyFiles() {}

  /** A secret from the configuration itself. */
  static Secret checked(Field field) throws ConfigException {
    Optional<String> wrong = SecretFile.wrong(field.text());
    if (wrong.isPresent()) {
      throw field.error(wrong.get());
    }
    return new Secret(field.text());
  }

  /** The secret in a file, without surrounding white space and byte order mark. */
  static Secret read(Field field, Path folder, List<String> warnings) throws ConfigException {
    Path file = FilePath.of(field, folder);
    try {
      Secret secret = SecretFile.read(file);
      warnOfReaders(field, file, warnings);
      return secret;
    } catch (IOException e) {
      throw field.error(e.getMessage() + "");
    }
  }

  /** Warns if all users of this machine can read a file with a secret. */
  static void warnOfReaders(Field field, Path file, List<String> warnings) {
    try {
      if (othersRead(file)) {
        warnings.add(
            field.path() + ": all users of this machine can read " + file + "; chmod 600 it");
      }
    } catch (IOException e) {
      warnings.add(field.path() + ": cannot tell who can read " + file + ": " + e);
    }
  }

  /**
   * Warns if the configuration file contains a secret and all users of this machine can read it.
   */
  static void warnOfInlineSecrets(Path file, Mapping written, List<String> warnings) {
    try {
      if (othersRead(file) && holdsSecret(written)) {
        warnings.add(file + ": all users of this machine can read the secrets in it; chmod 600 it");
      }
    } catch (IOException e) {
      warnings.add(file + ": cannot tell who can read the secrets in it: " + e);
    }
  }

  private static boolean holdsSecret(ConfigNode node) {
    if (node instanceof Mapping mapping) {
      return mapping.entries().entrySet().stream()
          .anyMatch(
              entry ->
                  entry.getValue() instanceof Scalar scalar
                      ? SECRET_KEYS.contains(entry.getKey()) && !scalar.isNull()
                      : holdsSecret(entry.getValue()));
    }
    return node instanceof Sequence sequence
        && sequence.items().stream().anyMatch(KeyFiles::holdsSecret);
  }

  private static boolean othersRead(Path file) throws IOException {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
  }
}
