// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the tests of a bad network stand on: lost packets are lost, others are not. */
@Timeout(60)
@Tag("realtime")
class NamespacesIT {
  private static final int TIMED_OUT = 124;
  private static final int REFUSED = 1;

  @Test
  void losesWhatItIsToldToAndNothingElse() throws Exception {
    try (Namespaces hosts = Namespaces.orAbort(3)) {
      assertEquals(REFUSED, connect(hosts, 1, 2, 7001), "nobody listens there");

      hosts.drop(1, 2, 7001);
      assertEquals(TIMED_OUT, connect(hosts, 1, 2, 7001));
      assertEquals(REFUSED, connect(hosts, 1, 2, 7002), "another port");
      assertEquals(REFUSED, connect(hosts, 3, 2, 7001), "another host");
      assertEquals(REFUSED, connect(hosts, 2, 1, 7002), "the other direction");
      hosts.undrop(1, 2, 7001);
      assertEquals(REFUSED, connect(hosts, 1, 2, 7001));

      hosts.drop(2, 1, 7001);
      assertEquals(TIMED_OUT, connect(hosts, 1, 2, 7001), "its answer is lost");
      hosts.undrop(2, 1, 7001);

      hosts.isolate(2);
      assertEquals(TIMED_OUT, connect(hosts, 1, 2, 7001));
      assertEquals(TIMED_OUT, connect(hosts, 2, 3, 7001));
      assertEquals(REFUSED, connect(hosts, 1, 3, 7001));
      hosts.heal(2);
      assertEquals(REFUSED, connect(hosts, 1, 2, 7001));
    }
  }

  private static int connect(Namespaces hosts, int from, int to, int port)
      throws IOException, InterruptedException {
    String seconds = Double.toString(Duration.ofMillis(500).toMillis() / 1000.0);
    return new ProcessBuilder(
            hosts.on(
                from,
                List.of(
                    "timeout",
                    seconds,
                    "bash",
                    "-c",
                    "exec 3<>/dev/tcp/" + hosts.address(to) + "/" + port)))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
