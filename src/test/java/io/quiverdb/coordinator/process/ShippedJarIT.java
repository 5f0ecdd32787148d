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
  private static final String REPLACED = "org/apache/ratis/server/impl/ReadIndexHeartbeats";

  @Test
  void theClassThatReplacesOneOfRatisIsTheFirstInTheJar() throws IOException {
    URL jar = Path.of(System.getProperty("quiver.coordinator.jar")).toUri().toURL();
    try (URLClassLoader shipped = new URLClassLoader(new URL[] {jar}, null)) {
      for (String part : List.of(".class", "$AppendEntriesListener.class")) {
        assertArrayEquals(
            bytes(ShippedJarIT.class.getClassLoader().getResource(REPLACED + part)),
            bytes(shipped.getResource(REPLACED + part)),
            REPLACED + part);
      }
      List<URL> found = Collections.list(shipped.findResources(REPLACED + ".class"));
      if (found.size() == 1) { // one jar with everything in it
        assertNull(shipped.getResource(REPLACED + "$HeartbeatAck.class"), "a part of Ratis' own");
      }
    }
  }

  private static byte[] bytes(URL resource) throws IOException {
    try (InputStream in = resource.openStream()) {
      return in.readAllBytes();
    }
  }
}
