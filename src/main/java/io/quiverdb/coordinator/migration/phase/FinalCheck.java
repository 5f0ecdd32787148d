// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.phase;

import io.quiverdb.coordinator.migration.schema.CollectionSchemas;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.step.VerificationOwed;
import io.quiverdb.coordinator.migration.wait.RoutersBarrier;
import io.quiverdb.coordinator.shard.ShardException;
import java.time.Duration;
import java.util.Optional;

/**
 * The final check before the flip. It comes after all waiting, and changes nothing. What may be
 * temporary is checked twice, because another verification takes long. Not thread-safe.
 */
public final class FinalCheck {
  private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

  /** A router that does not answer for this long may be restarting. */
  private static final Duration ROUTER_TIMEOUT = Duration.ofSeconds(5);

  private final MigrationContext context;

  /** For one step. */
  public FinalCheck(MigrationContext context) {
    this.context = context;
  }

  /**
   * Returns when the collections are equal and every router confirms the map.
   *
   * @throws VerificationOwed if they are not, or a router keeps not confirming
   */
  public void await() throws ShardException, StepException, InterruptedException {
    long begun = context.time().nanos();
    while (!collectionsAreEqual() || !routersConfirm(begun)) {
      context.control().check();
    }
    context.control().goingOn();
  }

  /** A client's create or drop may have reached only some shards so far. */
  private boolean collectionsAreEqual() throws ShardException, StepException, InterruptedException {
    CollectionSchemas schemas = new CollectionSchemas(context);
    Optional<String> difference = schemas.difference();
    if (difference.isEmpty()) {
      return true;
    }
    context.control().reportWaiting("collections", difference.get() + "; looks again");
    context.time().sleep(RETRY_PAUSE);
    Optional<String> lasting = schemas.difference();
    if (lasting.isPresent()) {
      throw new VerificationOwed(lasting.get());
    }
    return false;
  }

  private boolean routersConfirm(long begun) throws StepException, InterruptedException {
    Optional<RoutersBarrier.Unconfirmed> missing = new RoutersBarrier(context).unconfirmed();
    if (missing.isEmpty()) {
      return true;
    }
    boolean late = context.time().nanos() - begun > ROUTER_TIMEOUT.toNanos();
    if (missing.get().answered() || late) {
      throw new VerificationOwed(missing.get().detail());
    }
    context.control().reportWaiting("router", missing.get().detail());
    context.time().sleep(RETRY_PAUSE);
    return false;
  }
}
