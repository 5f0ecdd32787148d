// SPDX-License-Identifier: Apache-2.0
/**
 * The configuration of a member from its YAML file and its environment, checked and immutable.
 *
 * <p>What lives here: records of the configuration, the strict reader that fills them, and the
 * initial content of an empty ensemble. What never will: a server, a network call, a default that
 * depends on the machine. A value is named by its path in the file, in error messages and in {@code
 * QUIVER_COORDINATOR__<PATH>}.
 *
 * <p>A value is taken from the first of: {@code QUIVER_COORDINATOR__<PATH>}, Quiver's own variable,
 * the file, the default.
 */
@NullMarked
package io.quiverdb.coordinator.config;

import org.jspecify.annotations.NullMarked;
