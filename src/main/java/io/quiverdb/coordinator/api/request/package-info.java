// SPDX-License-Identifier: Apache-2.0
/**
 * What every route stands on: the member that it asks ({@link
 * io.quiverdb.coordinator.api.request.ApiContext}), the way of a change to the leader and into the
 * log, waiting for a state, and the bodies of results.
 *
 * <p>No route lives here, and no rule of the map. Nothing here blocks a thread.
 */
@NullMarked
package io.quiverdb.coordinator.api.request;

import org.jspecify.annotations.NullMarked;
