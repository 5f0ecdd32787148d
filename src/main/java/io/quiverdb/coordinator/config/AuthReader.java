// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.config.ApiKeyConfig.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Reads the API keys. No message contains a secret. */
final class AuthReader {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private final Section section;
  private final Path folder;
  private final List<String> warnings;

  AuthReader(Section section, Path folder, List<String> warnings) {
    this.section = section;
    this.folder = folder;
    this.warnings = warnings;
  }

  AuthConfig read(HttpConfig http) throws ConfigException {
    boolean insecure = section.truthOr("insecure", false);
    List<ApiKeyConfig> keys = new ArrayList<>();
    for (Section key : section.sections("api_keys")) {
      keys.add(key(key, keys));
    }
    section.nothingElse();
    if (keys.isEmpty() && !insecure) {
      throw section.error(
          "api_keys",
          "no API key is given; give one here or in QUIVER_API_KEYS, or say auth.insecure: true"
              + " (QUIVER_INSECURE=true) to serve everybody");
    }
    if (insecure && !keys.isEmpty()) {
      warnings.add("auth.insecure: true has no effect, because API keys are given");
    }
    if (keys.isEmpty() && !http.listen().isLoopback()) {
      warnings.add(
          "auth.insecure: true, and http.listen is "
              + http.listen()
              + ": everyone who reaches this address can change the cluster");
    }
    return new AuthConfig(insecure, keys);
  }

  private ApiKeyConfig key(Section key, List<ApiKeyConfig> others) throws ConfigException {
    String id = key.text("id");
    if (!ID.matcher(id).matches()) {
      throw key.error("id", "wanted 1 to 64 letters, digits, dots, dashes or underscores");
    }
    if (id.equals(Stamp.SYSTEM)) {
      throw key.error("id", "\"" + id + "\" is what the ensemble calls itself; take another");
    }
    Role role = key.choice("role", Role.class);
    SecretSource source =
        SecretSource.of(key, folder, warnings)
            .orElseThrow(() -> key.error("secret", "is missing; give secret or secret_file"));
    Secret secret = source.secret();
    key.nothingElse();
    for (ApiKeyConfig other : others) {
      if (other.id().equals(id)) {
        throw key.error("id", id + " is the id of another key already");
      }
      if (other.secret().equals(secret)) {
        throw key.error(
            key.has("secret") ? "secret" : "secret_file",
            "the keys " + other.id() + " and " + id + " have the same secret");
      }
    }
    return new ApiKeyConfig(id, role, secret, source.file());
  }
}
