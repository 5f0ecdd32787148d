// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.audit.AuditRecord;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The protection of a member's REST surface.
 *
 * @param alarms the alarms about it
 * @param audit records requests; never blocks
 * @param forRouters the address of the TLS port, if the plain one serves routers only
 * @param members checks that a caller is a member
 */
public record Safeguards(
    Supplier<List<Alarm>> alarms,
    Optional<Consumer<AuditRecord>> audit,
    Optional<URI> forRouters,
    MemberProof members) {
  /** None. */
  public static final Safeguards NONE =
      new Safeguards(List::of, Optional.empty(), Optional.empty(), MemberProof.NONE);

  /** These, and alarms of something else. */
  public Safeguards with(Supplier<List<Alarm>> more) {
    return new Safeguards(
        () -> Stream.concat(alarms.get().stream(), more.get().stream()).toList(),
        audit,
        forRouters,
        members);
  }
}
