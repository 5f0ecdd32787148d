// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.disk.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.util.SizeInBytes;

/**
 * The files of a log, read without a server and without changing them. The last one may end in the
 * middle of an entry after a crash; that entry was never acknowledged.
 */
final class LogFiles {
  private static final Pattern NAME = Pattern.compile("log_(?:(\\d+)-(\\d+)|inprogress_(\\d+))");
  private static final SizeInBytes MAX_ENTRY = SizeInBytes.valueOf("8MB");

  private LogFiles() {}

  /**
   * One file.
   *
   * @param first the index of its first entry
   * @param last the index of its last entry; empty while entries are being added to it
   */
  record Segment(Path file, long first, OptionalLong last) {
    boolean covers(long index) {
      return first <= index && (last.isEmpty() || index <= last.getAsLong());
    }
  }

  /** The log is damaged or has a gap; the message names the place. */
  static final class Damage extends IOException {
    private static final long serialVersionUID = 1L;

    Damage(String message) {
      super(message);
    }
  }

  /** All files that are not empty, in the order of their entries. */
  static List<Segment> in(Path directory) throws IOException {
    List<Segment> segments = new ArrayList<>();
    for (Path file : DurableFiles.children(directory)) {
      Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
      if (name.matches() && Files.size(file) > 0) {
        segments.add(
            name.group(3) == null
                ? new Segment(
                    file,
                    Long.parseLong(name.group(1)),
                    OptionalLong.of(Long.parseLong(name.group(2))))
                : new Segment(file, Long.parseLong(name.group(3)), OptionalLong.empty()));
      }
    }
    segments.sort(Comparator.comparingLong(Segment::first));
    return segments;
  }

  /**
   * Reads one file.
   *
   * @param entries is given each entry in order, also those before a damage
   * @return the index of its last entry; one below its first if it has none
   * @throws Damage if an entry is broken, or one is missing
   */
  static long read(Segment segment, Consumer<LogEntryProto> entries) throws IOException {
    AtomicLong last = new AtomicLong(segment.first() - 1);
    Consumer<LogEntryProto> inOrder =
        entry -> {
          if (entry.getIndex() != last.get() + 1) {
            throw new IllegalStateException("entry " + entry.getIndex() + " follows there");
          }
          last.set(entry.getIndex());
          entries.accept(entry);
        };
    try {
      int unused =
          LogSegment.readSegmentFile(
              segment.file().toFile(),
              LogSegmentPath.matchLogSegment(segment.file()).getStartEnd(),
              MAX_ENTRY,
              CorruptionPolicy.EXCEPTION,
              null,
              inOrder);
    } catch (IOException | IllegalStateException e) {
      throw broken(segment, last.get(), e);
    }
    if (segment.last().isPresent() && last.get() < segment.last().getAsLong()) {
      throw new Damage(
          segment.file()
              + " ends behind entry "
              + last.get()
              + ", its name says "
              + segment.last().getAsLong());
    }
    return last.get();
  }

  /** A file that the system refuses to read is not a damaged one. */
  private static IOException broken(Segment segment, long last, Exception e) {
    if (e instanceof IOException io && StartFailure.isOfTheSystem(io)) {
      return io;
    }
    Damage damage =
        new Damage(segment.file() + " is damaged behind entry " + last + ": " + e.getMessage());
    damage.initCause(e);
    return damage;
  }

  /**
   * Reads the whole log after a snapshot.
   *
   * @param covered the entry up to which a snapshot replaces the log; -1 if there is none
   * @return the index of the last entry; {@code covered} if the log holds no later one
   * @throws Damage also if entries are missing between two files, or between snapshot and log
   */
  static long readBehind(Path directory, long covered, Consumer<LogEntryProto> entries)
      throws IOException {
    long reached = covered;
    for (Segment segment : in(directory)) {
      if (segment.first() > reached + 1) {
        throw new Damage(
            "the entries "
                + (reached + 1)
                + " to "
                + (segment.first() - 1)
                + " are missing before "
                + segment.file());
      }
      long last =
          read(
              segment,
              entry -> {
                if (entry.getIndex() > covered) {
                  entries.accept(entry);
                }
              });
      reached = Math.max(reached, last);
    }
    return reached;
  }

  /**
   * The last index of the log, if it reaches a given entry. Only the file that should hold the
   * entry is read.
   */
  static long reachOf(Path directory, long wanted) throws IOException {
    long reached = -1;
    for (Segment segment : in(directory)) {
      if (segment.covers(wanted)) {
        return read(segment, entry -> {});
      }
      reached = Math.max(reached, segment.last().orElse(segment.first() - 1));
    }
    return reached;
  }

  /**
   * Writes the open file of the log again. After a failed force it can still be read from the
   * cache, but the disk may hold something else. Every other file was forced with success before
   * the next one was begun.
   */
  static void rewriteLast(Path directory) throws IOException {
    for (Path file : DurableFiles.children(directory)) {
      if (String.valueOf(file.getFileName()).matches("log_.*\\.tmp")) {
        DurableFiles.delete(file); // of an earlier attempt that did not finish
      }
    }
    for (Segment segment : in(directory)) {
      if (segment.last().isEmpty()) {
        DurableFiles.rewrite(segment.file());
      }
    }
  }
}
