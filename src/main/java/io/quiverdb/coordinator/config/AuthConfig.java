// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.util.List;

/**
 * The API keys.
 *
 * @param insecure whether to serve callers without a key; has no effect if there are keys
 * @param apiKeys ids and secrets are unique; empty only if {@code insecure}
 */
public record AuthConfig(boolean insecure, List<ApiKeyConfig> apiKeys) {
  public AuthConfig {
    apiKeys = List.copyOf(apiKeys);
  }
}
