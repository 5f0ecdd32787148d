// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.util.List;

/**
 * A configuration and warnings about it.
 *
 * @param config ready to use
 * @param warnings sentences for the log, without secrets; the member starts anyway
 */
public record LoadedConfig(CoordinatorConfig config, List<String> warnings) {
  public LoadedConfig {
    warnings = List.copyOf(warnings);
  }
}
