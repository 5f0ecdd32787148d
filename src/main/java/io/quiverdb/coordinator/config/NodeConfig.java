// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.nio.file.Path;

/**
 * This member.
 *
 * @param id its member id, stable over restarts: letters, digits, {@code . _ -}
 * @param dataDir where it keeps its log and snapshots; relative to the working directory
 */
public record NodeConfig(String id, Path dataDir) {}
