// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles SIGHUP: the member reloads its files and continues. By default the JVM would end with
 * exit code 0, which a supervisor takes for a requested stop. A closed terminal and log rotation
 * send this signal by convention.
 */
final class HangUp {
  private static final Logger LOG = LoggerFactory.getLogger(HangUp.class);

  private HangUp() {}

  /**
   * Handles SIGHUP from now on. Does nothing but log it if the system has no such signal, if the
   * JVM must not handle signals ({@code -Xrs}), or if the signal was ignored when the JVM started.
   *
   * @param action is run on a thread of the JVM; must not throw
   */
  static void outlive(Runnable action) {
    try {
      // By reflection: the compiler warns about each use of this class, and there is no other API.
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object hangUp = signal.getConstructor(String.class).newInstance("HUP");
      Object going =
          Proxy.newProxyInstance(
              HangUp.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                LOG.info("SIGHUP: this member continues, and reloads its files");
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
      LOG.warn("SIGHUP would end this member: this JVM cannot handle the signal ({})", cause(e));
    }
  }

  private static String cause(Exception e) {
    return String.valueOf(e.getCause() == null ? e : e.getCause());
  }
}
