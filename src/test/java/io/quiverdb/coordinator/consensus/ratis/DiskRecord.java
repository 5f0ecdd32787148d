// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * The writes of this process to files, and which of them were forced; the Java virtual machine
 * records both. From that follows what a disk keeps at a power cut.
 */
final class DiskRecord implements AutoCloseable {
  private final Recording recording = new Recording();
  private final Map<String, Instant> written = new TreeMap<>();
  private final Map<String, Instant> forced = new TreeMap<>();

  DiskRecord() {
    for (String event : new String[] {"jdk.FileWrite", "jdk.FileForce"}) {
      recording.enable(event).withThreshold(Duration.ZERO).withoutStackTrace();
    }
    recording.start();
  }

  /** Ends the record, and reads it. */
  void read(Path file) throws IOException {
    recording.stop();
    recording.dump(file);
    for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
      String path = event.getString("path");
      if (path != null && event.getEventType().getName().equals("jdk.FileWrite")) {
        written.merge(path, event.getEndTime(), (a, b) -> a.isAfter(b) ? a : b);
      } else if (path != null) {
        forced.merge(path, event.getStartTime(), (a, b) -> a.isAfter(b) ? a : b);
      }
    }
  }

  /** Whether a file or directory was forced. */
  boolean forced(Path place) {
    return forced.containsKey(place.toString());
  }

  /** What was written last under this name, in whichever directory it was then, is on the disk. */
  boolean durable(Path root, String name) {
    Instant lastWrite = Instant.MIN;
    Instant lastForce = Instant.MIN;
    for (Map.Entry<String, Instant> write : written.entrySet()) {
      if (isOf(write.getKey(), root, name) && write.getValue().isAfter(lastWrite)) {
        lastWrite = write.getValue();
      }
    }
    for (Map.Entry<String, Instant> force : forced.entrySet()) {
      if (isOf(force.getKey(), root, name) && force.getValue().isAfter(lastForce)) {
        lastForce = force.getValue();
      }
    }
    return lastWrite.equals(Instant.MIN) || !lastForce.isBefore(lastWrite);
  }

  private static boolean isOf(String path, Path root, String name) {
    return path.startsWith(root + "/")
        && (path.endsWith("/" + name) || path.endsWith("/" + name + ".tmp"));
  }

  /** Empties every file of which something was written and not forced: the power went. */
  TreeSet<String> cutPower(Path root) throws IOException {
    TreeSet<String> lost = new TreeSet<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = String.valueOf(file.getFileName());
        if (!durable(root, name)) {
          Files.write(file, new byte[0]);
          lost.add(name);
        }
      }
    }
    return lost;
  }

  @Override
  public void close() {
    recording.close();
  }
}
