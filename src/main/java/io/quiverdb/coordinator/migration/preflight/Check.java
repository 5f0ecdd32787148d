// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.preflight;

import java.util.Optional;

/**
 * One thing that must hold before a migration is started.
 *
 * @param name a stable word (docs/migration.md lists them)
 * @param ok whether it holds; empty: not looked at, because that would write, or because something
 *     else that it rests on does not hold
 * @param detail what was found, with advice where it does not hold
 */
public record Check(String name, Optional<Boolean> ok, String detail) {
  /** Whether it is known not to hold. */
  public boolean failed() {
    return ok.isPresent() && !ok.get();
  }
}
