// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.auth.Keys;
import io.quiverdb.coordinator.auth.Role;
import io.quiverdb.coordinator.config.ApiKeyConfig;
import io.quiverdb.coordinator.config.AuthConfig;
import io.quiverdb.coordinator.config.Secret;
import io.quiverdb.coordinator.config.SecretFile;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The API keys of this member. Keys in files are reloaded when the files change. Thread-safe. */
final class ApiKeys {
  private final List<ApiKeyConfig> configured;
  private final Keys keys;
  private final Map<String, Secret> secrets = new ConcurrentHashMap<>();

  ApiKeys(AuthConfig config, Reloads reloads) {
    this.configured = config.apiKeys();
    this.keys =
        Keys.of(
            configured.stream()
                .map(key -> new Keys.Configured(key.id(), key.secret().reveal(), role(key)))
                .toList());
    for (ApiKeyConfig key : configured) {
      secrets.put(key.id(), key.secret());
      key.file()
          .ifPresent(
              file ->
                  reloads.add(
                      new WatchedFiles(
                          "the secret of the key " + key.id(),
                          List.of(file),
                          () -> renew(key.id(), SecretFile.read(file)))));
    }
  }

  private void renew(String id, Secret secret) throws IOException {
    if (!keys.renew(id, secret.reveal())) {
      throw new IOException("another key has the same secret");
    }
    secrets.put(id, secret);
  }

  Keys keys() {
    return keys;
  }

  /** The key that this member presents to others in its own requests. */
  Optional<String> admin() {
    return configured.stream()
        .filter(key -> role(key) == Role.ADMIN)
        .findFirst()
        .map(key -> secrets.getOrDefault(key.id(), key.secret()).reveal());
  }

  private static Role role(ApiKeyConfig key) {
    return Role.valueOf(key.role().name());
  }
}
