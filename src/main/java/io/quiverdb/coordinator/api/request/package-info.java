// SPDX-License-Identifier: Apache-2.0
/**
 * The common parts of all routes: their context ({@link
 * io.quiverdb.coordinator.api.request.ApiContext}), forwarding to the leader, submitting to the
 * log, waiting for a state, and the bodies of results.
 *
 * <p>No route lives here, and no rule of the map. Nothing here blocks a thread.
 */
@NullMarked
package io.quiverdb.coordinator.api.request;

import org.jspecify.annotations.NullMarked;
