// SPDX-License-Identifier: Apache-2.0
/**
 * The health of the cluster as one member sees it, with impacts and actions: pure functions of
 * observations. Nothing here sends a request.
 */
@NullMarked
package io.quiverdb.coordinator.api.health;

import org.jspecify.annotations.NullMarked;
