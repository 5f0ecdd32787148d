// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.util.List;

/**
 * A configuration and what the operator should be told about it.
 *
 * @param config ready to use
 * @param warnings sentences for the log, without secrets; the member starts nevertheless
 */
public record LoadedConfig(CoordinatorConfig config, List<String> warnings) {
  public LoadedConfig {
    warnings = List.copyOf(warnings);
  }
}
