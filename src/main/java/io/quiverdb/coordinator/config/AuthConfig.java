// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.util.List;

/**
 * Who may ask.
 *
 * @param insecure whether to serve everybody; of no effect where there are keys
 * @param apiKeys ids and secrets are unique; empty only if {@code insecure}
 */
public record AuthConfig(boolean insecure, List<ApiKeyConfig> apiKeys) {
  public AuthConfig {
    apiKeys = List.copyOf(apiKeys);
  }
}
