// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a member does at SIGHUP: it looks at its files again, and goes on. The JVM would end with
 * exit code 0 instead, which a supervisor takes for a member that was asked to end. A closed
 * terminal and a log rotation send this signal out of habit.
 */
final class HangUp {
  private static final Logger LOG = LoggerFactory.getLogger(HangUp.class);

  private HangUp() {}

  /**
   * Takes SIGHUP from now on. Where the system has no such signal, the JVM was told to leave
   * signals alone ({@code -Xrs}), or the signal was ignored when the JVM started, nothing changes,
   * and the log says so.
   *
   * @param action what is done then, on a thread of the JVM's own; throws nothing
   */
  static void outlive(Runnable action) {
    try {
      // By name: the compiler warns of every mention of this class, and there is no other way.
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object hangUp = signal.getConstructor(String.class).newInstance("HUP");
      Object going =
          Proxy.newProxyInstance(
              HangUp.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                LOG.info("SIGHUP: this member goes on, and looks at its files again");
                action.run();
                return null;
              });
      Object before = signal.getMethod("handle", signal, handler).invoke(null, hangUp, going);
      if (handler.getField("SIG_IGN").get(null).equals(before)) {
        LOG.warn(
            "SIGHUP has no effect on this member: what started it, nohup for example, ignores this"
                + " signal, and a JVM respects that");
      }
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      LOG.warn("SIGHUP would end this member: this JVM does not let it be handled ({})", cause(e));
    }
  }

  private static String cause(Exception e) {
    return String.valueOf(e.getCause() == null ? e : e.getCause());
  }
}
