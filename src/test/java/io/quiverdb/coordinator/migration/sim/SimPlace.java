// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

/**
 * The word {@code %place} of {@code logback-test.xml}: where in which simulated world a line was
 * logged, and the thread's name outside of simulations.
 */
public final class SimPlace extends ClassicConverter {
  @Override
  public String convert(ILoggingEvent event) {
    return Thread.currentThread() instanceof ActorThread actor
        ? actor.world().place()
        : event.getThreadName();
  }
}
