// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Fault;
import java.time.Duration;
import java.util.Optional;

/** Refuses reads while this member's state is missing or not proven to be current. */
public final class FreshnessGate {
  private FreshnessGate() {}

  /** Fails with 503 if nothing was bootstrapped yet, or if the state may be too old. */
  public static void check(ApiContext node) {
    if (!node.view().current().state().bootstrapped()) {
      throw new ApiException(
          Fault.UNAVAILABLE,
          "nothing has been bootstrapped yet: no member has a bootstrap configured, or no"
              + " leader was found so far");
    }
    if (!node.fresh()) {
      Optional<Duration> age = node.reads().staleness();
      throw new ApiException(
          Fault.UNAVAILABLE,
          age.map(a -> "the last proof that this member's map is current is " + a.toMillis())
                  .orElse("there is no proof yet that this member's map is current")
              + age.map(a -> " ms old; the bound is " + node.mapStaleness().toMillis() + " ms")
                  .orElse("")
              + "; it may have no connection to the leader; ask another member");
    }
  }
}
