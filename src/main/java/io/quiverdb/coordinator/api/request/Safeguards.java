// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.audit.AuditRecord;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What stands between a member and those who call it.
 *
 * @param alarms what of it does not work
 * @param audit is told who asked for what; never blocks
 * @param forRouters the address of the TLS port, if the plain one serves routers only
 * @param members how a caller proves to be one
 */
public record Safeguards(
    Supplier<List<Alarm>> alarms,
    Optional<Consumer<AuditRecord>> audit,
    Optional<URI> forRouters,
    MemberProof members) {
  /** None. */
  public static final Safeguards NONE =
      new Safeguards(List::of, Optional.empty(), Optional.empty(), MemberProof.NONE);
}
