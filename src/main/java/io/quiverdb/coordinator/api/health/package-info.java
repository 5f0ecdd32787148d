// SPDX-License-Identifier: Apache-2.0
/**
 * How the cluster is, as one member sees it, with what it costs and what to do about it: plain
 * functions of what was observed. Nothing here asks anybody.
 */
@NullMarked
package io.quiverdb.coordinator.api.health;

import org.jspecify.annotations.NullMarked;
