// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the jar holds where two of its parts bring a class of the same name. */
@Tag("realtime")
class ShippedJarIT {
  private static final String READS = "org/apache/ratis/server/impl/ReadIndexHeartbeats";
  private static final String FILES = "org/apache/ratis/util/AtomicFileOutputStream";

  @Test
  void theClassesThatReplaceSomeOfRatisAreTheFirstInTheJar() throws IOException {
    URL jar = Path.of(System.getProperty("quiver.coordinator.jar")).toUri().toURL();
    try (URLClassLoader shipped = new URLClassLoader(new URL[] {jar}, null)) {
      for (String part : List.of(READS, READS + "$AppendEntriesListener", FILES)) {
        assertArrayEquals(
            bytes(ShippedJarIT.class.getClassLoader().getResource(part + ".class")),
            bytes(shipped.getResource(part + ".class")),
            part);
      }
      List<URL> found = Collections.list(shipped.findResources(READS + ".class"));
      if (found.size() == 1) { // one jar with everything in it
        assertNull(shipped.getResource(READS + "$HeartbeatAck.class"), "a part of Ratis' own");
      }
    }
  }

  private static byte[] bytes(URL resource) throws IOException {
    try (InputStream in = resource.openStream()) {
      return in.readAllBytes();
    }
  }
}
