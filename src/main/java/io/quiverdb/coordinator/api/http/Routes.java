// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

/**
 * The routes of one subject. The server requires a valid key for every route, and the role admin
 * for every method but GET and HEAD.
 */
public interface Routes {
  /** Adds them. */
  void addTo(RouteTable routes);
}
