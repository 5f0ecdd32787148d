// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.audit.AuditRecord;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What stands between a member and those who call it.
 *
 * @param alarms what of it does not work
 * @param audit is told who asked for what; never blocks
 */
public record Safeguards(Supplier<List<Alarm>> alarms, Optional<Consumer<AuditRecord>> audit) {
  /** None. */
  public static final Safeguards NONE = new Safeguards(List::of, Optional.empty());
}
