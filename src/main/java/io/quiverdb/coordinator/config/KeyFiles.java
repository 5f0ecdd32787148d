// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import io.quiverdb.coordinator.config.ConfigNode.Mapping;
import io.quiverdb.coordinator.config.ConfigNode.Scalar;
import io.quiverdb.coordinator.config.ConfigNode.Sequence;
import io.quiverdb.coordinator.config.Section.Field;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;

/** Secrets and the files that hold them. */
final class KeyFiles {
  private static final int MAX_BYTES = 4096;

  /** What some editors write before a text in UTF-8, as read here. */
  private static final String MARK = "\u00EF\u00BB\u00BF";

  private static final Set<String> SECRET_KEYS = Set.of("secret", "key", "router_key");

  private KeyFiles() {}

  /** A secret that stands in the configuration itself. */
  static Secret checked(Field field) throws ConfigException {
    return checked(field, field.text(), "");
  }

  private static Secret checked(Field field, String secret, String where) throws ConfigException {
    if (secret.isEmpty()) {
      throw field.error(where + "is empty");
    }
    if (secret.length() > MAX_BYTES || !secret.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw field.error(
          where
              + "cannot be sent in an HTTP header; wanted at most "
              + MAX_BYTES
              + " visible ASCII characters, no space among them");
    }
    return new Secret(secret);
  }

  /** The secret in a file, without the white space around it and without a byte order mark. */
  static Secret read(Field field, Path folder, List<String> warnings) throws ConfigException {
    try {
      Path file = folder.resolve(field.text());
      if (Files.size(file) > 2 * MAX_BYTES) {
        throw field.error(file + " is too large for a secret");
      }
      String content = Files.readString(file, StandardCharsets.ISO_8859_1);
      if (othersRead(file)) {
        warnings.add(
            field.path() + ": everybody on this machine can read " + file + "; chmod 600 it");
      }
      String text = content.startsWith(MARK) ? content.substring(MARK.length()) : content;
      return checked(field, text.strip(), file + " ");
    } catch (NoSuchFileException e) {
      throw field.error("there is no file " + e.getMessage());
    } catch (InvalidPathException e) {
      throw field.error("is no path: " + e.getReason());
    } catch (IOException e) {
      throw field.error("cannot be read: " + e);
    }
  }

  /** Warns if the configuration file holds a secret that everybody can read. */
  static void warnOfInlineSecrets(Path file, Mapping written, List<String> warnings) {
    try {
      if (othersRead(file) && holdsSecret(written)) {
        warnings.add(file + ": everybody on this machine can read the secrets in it; chmod 600 it");
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
