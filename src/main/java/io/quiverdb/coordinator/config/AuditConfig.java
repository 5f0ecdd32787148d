// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The audit file.
 *
 * @param file records are appended to it; empty: none are written
 */
public record AuditConfig(Optional<Path> file) {}
