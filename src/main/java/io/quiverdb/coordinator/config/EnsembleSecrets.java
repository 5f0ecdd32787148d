// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The secrets by which members authenticate each other.
 *
 * @param secrets the first one is used, all are accepted
 * @param file the file with one secret per line, which is watched; empty if the secret is in the
 *     configuration
 */
public record EnsembleSecrets(List<Secret> secrets, Optional<Path> file) {
  private static final int MIN_LENGTH = 16;
  private static final String TOO_SHORT =
      "is shorter than " + MIN_LENGTH + " characters; openssl rand -hex 32 makes a good one";

  public EnsembleSecrets {
    secrets = List.copyOf(secrets);
  }

  /** Reads {@code secret} or {@code secret_file}; empty if both are absent. */
  static Optional<EnsembleSecrets> of(Section section, Path folder, List<String> warnings)
      throws ConfigException {
    if (section.has("secret_file") && !section.has("secret")) {
      Section.Field field = section.field("secret_file");
      Path file = FilePath.of(field, folder);
      KeyFiles.warnOfReaders(field, file, warnings);
      try {
        return Optional.of(new EnsembleSecrets(read(file), Optional.of(file)));
      } catch (IOException e) {
        throw field.error(e.getMessage() + "");
      }
    }
    Optional<SecretSource> alone = SecretSource.of(section, folder, warnings);
    if (alone.isPresent() && alone.get().secret().reveal().length() < MIN_LENGTH) {
      throw section.error("secret", TOO_SHORT);
    }
    return alone.map(source -> new EnsembleSecrets(List.of(source.secret()), Optional.empty()));
  }

  /**
   * The secrets in a file.
   *
   * @throws IOException if one of them is not valid; the message says why, and names the file
   */
  public static List<Secret> read(Path file) throws IOException {
    List<Secret> secrets = SecretFile.lines(file);
    if (secrets.stream().anyMatch(secret -> secret.reveal().length() < MIN_LENGTH)) {
      throw new IOException(file + " holds a secret that " + TOO_SHORT);
    }
    return secrets;
  }
}
