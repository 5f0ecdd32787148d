// SPDX-License-Identifier: Apache-2.0
/**
 * A plain local port in front of members that are called over TLS, for routers, which speak plain
 * HTTP only.
 *
 * <p>What lives here: forwarding requests, and finding a member that answers. What never will: a
 * decision about the map.
 */
@NullMarked
package io.quiverdb.coordinator.relay;

import org.jspecify.annotations.NullMarked;
