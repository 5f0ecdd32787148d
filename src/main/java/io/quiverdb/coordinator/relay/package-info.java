// SPDX-License-Identifier: Apache-2.0
/**
 * A plain local port in front of members that are called over TLS, for routers, which speak plain
 * HTTP only.
 *
 * <p>What lives here: passing requests on, and finding a member that answers. What never will: any
 * decision of its own about the map.
 */
@NullMarked
package io.quiverdb.coordinator.relay;

import org.jspecify.annotations.NullMarked;
