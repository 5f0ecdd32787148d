// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads files of secrets. No message contains a secret. */
public final class SecretFile {
  private static final int MAX_BYTES = 4096;

  /** The byte order mark that some editors write before UTF-8 text. */
  private static final String MARK = "\u00EF\u00BB\u00BF";

  private SecretFile() {}

  /**
   * The secret in a file, without surrounding white space and byte order mark.
   *
   * @throws IOException if the file has no valid secret; the message says why, and names the file
   */
  public static Secret read(Path file) throws IOException {
    String text = text(file);
    Optional<String> wrong = wrong(text);
    if (wrong.isPresent()) {
      throw new IOException(file + " " + wrong.get());
    }
    return new Secret(text);
  }

  /** The secrets in a file, one per line, at least one. See {@link #read}. */
  static List<Secret> lines(Path file) throws IOException {
    List<Secret> secrets = new ArrayList<>();
    for (String line : text(file).lines().map(String::strip).toList()) {
      Optional<String> wrong = wrong(line);
      if (wrong.isPresent()) {
        throw new IOException(file + ": line " + (secrets.size() + 1) + " " + wrong.get());
      }
      secrets.add(new Secret(line));
    }
    if (secrets.isEmpty()) {
      throw new IOException(file + " is empty");
    }
    return secrets;
  }

  private static String text(Path file) throws IOException {
    String content;
    try {
      if (Files.size(file) > 2 * MAX_BYTES) {
        throw new IOException(file + " is too large for a secret");
      }
      content = Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + file, e);
    } catch (IOException e) {
      throw new IOException(file + " cannot be read: " + e, e);
    }
    return (content.startsWith(MARK) ? content.substring(MARK.length()) : content).strip();
  }

  /** Why a text cannot be a secret. */
  static Optional<String> wrong(String secret) {
    if (secret.isEmpty()) {
      return Optional.of("is empty");
    }
    return secret.length() <= MAX_BYTES && secret.chars().allMatch(c -> c > 0x20 && c < 0x7f)
        ? Optional.empty()
        : Optional.of(
            "cannot be sent in an HTTP header; wanted at most "
                + MAX_BYTES
                + " visible ASCII characters, no space among them");
  }
}
