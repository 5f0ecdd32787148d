// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.codec.Snapshot;
import io.quiverdb.coordinator.codec.SnapshotCodec;
import io.quiverdb.coordinator.codec.UndecodableException;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import io.quiverdb.coordinator.disk.DurableFiles;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.state.ClusterStateMachine;
import io.quiverdb.coordinator.state.EntryId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;

/**
 * Reads the state out of a data directory whose member is stopped, without a server and without
 * writing into it. Entries after the last one that is known to be committed may or may not have
 * been acknowledged: only a majority could tell. Used once, by one thread.
 */
public final class Recovery {
  /**
   * What was read.
   *
   * @param state the state after entry {@code last}
   * @param memberId the member of the directory; empty if its identity could not be read
   * @param committed the last entry that is known to be committed; no later one was acknowledged
   *     for certain
   * @param last the last entry that was taken in
   * @param left how many later entries were left out
   * @param damage the place at which reading had to end; empty if everything could be read
   */
  public record Recovered(
      ClusterState state,
      String memberId,
      long committed,
      long last,
      long left,
      Optional<String> damage) {}

  private final Path root;
  private final List<String> damages = new ArrayList<>();

  private Recovery(Path root) {
    this.root = root;
  }

  /**
   * Reads a data directory.
   *
   * @param committedOnly whether to leave out what is not known to be committed
   * @throws StorageException if there is nothing to read, it is in use, or it needs a newer build
   */
  public static Recovered read(Path root, boolean committedOnly) throws StorageException {
    try (FileChannel lock = lock(root)) {
      return new Recovery(root).read(committedOnly);
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw StartFailure.of("The data directory " + root + " cannot be read", e);
    }
  }

  /**
   * A directory that may only be read gets a shared lock; a running member holds an exclusive one.
   */
  private static FileChannel lock(Path root) throws IOException {
    if (!Files.isDirectory(root.resolve("raft"))) {
      throw new StorageException(
          Cause.OTHER, root + " is no data directory of a member that ever ran: it has no raft/.");
    }
    // If the lock file is missing, any other file can be opened in its place.
    Path file = root.resolve("lock");
    FileChannel channel =
        FileChannel.open(Files.exists(file) ? file : root.resolve("raft"), StandardOpenOption.READ);
    FileLock lock = null;
    try {
      lock = Files.exists(file) ? channel.tryLock(0, Long.MAX_VALUE, true) : null;
      if (lock != null || !Files.exists(file)) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      lock = null; // a member in this process
    }
    channel.close();
    throw new StorageException(
        Cause.OTHER, "The member of " + root + " runs. Stop it first: its log changes meanwhile.");
  }

  private Recovered read(boolean committedOnly) throws IOException {
    Optional<Identity> identity = identity();
    Path group = group(identity);
    Snapshot start = snapshot(group);
    Committed committed =
        new Committed(Math.max(start.index(), identity.map(Identity::reached).orElse(-1L)));
    long end = through(group, start.index(), committed);
    long wanted = identity.map(Identity::reached).orElse(-1L);
    if (end < wanted && damages.isEmpty()) {
      damages.add(
          "the log in "
              + group.resolve("current")
              + " ends with entry "
              + end
              + ", but entry "
              + wanted
              + " was on this disk");
    }
    long known = Math.min(committed.index, end);
    Applying applying = new Applying(start, committedOnly ? known : end);
    long again = through(group, start.index(), applying);
    if (again != end) {
      throw new IOException("the log changed while it was read");
    }
    if (applying.undecodable.isPresent()) {
      throw applying.undecodable.get();
    }
    return new Recovered(
        applying.state,
        identity.map(Identity::memberId).orElse(""),
        known,
        applying.last,
        end - applying.last,
        damages.stream().findFirst());
  }

  private Optional<Identity> identity() throws IOException {
    Path file = root.resolve("identity.json");
    if (!Files.exists(file)) {
      damages.add(file + " is missing");
      return Optional.empty();
    }
    byte[] bytes = Files.readAllBytes(file);
    try {
      return Optional.of(Identity.parse(bytes));
    } catch (IOException e) {
      damages.add(file + " is damaged: " + e.getMessage());
      return Optional.empty();
    }
  }

  private Path group(Optional<Identity> identity) throws IOException {
    List<Path> groups =
        DurableFiles.children(root.resolve("raft")).stream()
            .filter(child -> Files.isDirectory(child.resolve("current")))
            .toList();
    if (identity.isPresent()) {
      Path own = root.resolve("raft").resolve(identity.get().groupId());
      if (groups.contains(own)) {
        return own;
      }
    } else if (groups.size() == 1) {
      return groups.get(0);
    }
    throw StorageException.damaged(
        root.resolve("raft") + " does not hold the log of this member.", null);
  }

  /** The newest snapshot that is sound, among those too that a replacement had moved aside. */
  private Snapshot snapshot(Path group) throws IOException {
    List<SnapshotFiles.Named> all = new ArrayList<>();
    for (Path child : DurableFiles.children(group)) {
      if (String.valueOf(child.getFileName()).matches("sm(\\.tmp.*)?")) {
        all.addAll(SnapshotFiles.newestFirst(child));
      }
    }
    all.sort(Comparator.comparingLong(SnapshotFiles.Named::index).reversed());
    for (SnapshotFiles.Named named : all) {
      try {
        return SnapshotFiles.load(named, SnapshotCodec.current());
      } catch (StorageException e) {
        if (!e.damage()) {
          throw e;
        }
        damages.add(e.advice());
      }
    }
    return new Snapshot(ClusterState.INITIAL, -1, 0);
  }

  /** Gives each entry after a snapshot to a reader, as far as the log is sound. */
  private long through(Path group, long covered, Reader reader) throws IOException {
    try {
      return LogFiles.readBehind(group.resolve("current"), covered, reader::see);
    } catch (LogFiles.Damage e) {
      if (!damages.contains(e.getMessage())) {
        damages.add(e.getMessage());
      }
      return reader.seen().orElse(covered);
    }
  }

  /** Sees one entry after the other. */
  private abstract static class Reader {
    private Optional<Long> seen = Optional.empty();

    void see(LogEntryProto entry) {
      seen = Optional.of(entry.getIndex());
      take(entry);
    }

    abstract void take(LogEntryProto entry);

    Optional<Long> seen() {
      return seen;
    }
  }

  /** Finds the last entry that the log itself records as committed. */
  private static final class Committed extends Reader {
    private long index;

    Committed(long index) {
      this.index = index;
    }

    @Override
    void take(LogEntryProto entry) {
      if (entry.hasMetadataEntry()) {
        index = Math.max(index, entry.getMetadataEntry().getCommitIndex());
      }
    }
  }

  /** Applies what is wanted. */
  private static final class Applying extends Reader {
    private final long until;
    private ClusterState state;
    private long last;
    private Optional<StorageException> undecodable = Optional.empty();

    Applying(Snapshot start, long until) {
      this.state = start.state();
      this.last = start.index();
      this.until = until;
    }

    @Override
    void take(LogEntryProto entry) {
      if (entry.getIndex() > until || undecodable.isPresent()) {
        return;
      }
      if (entry.hasStateMachineLogEntry()) {
        apply(entry);
      }
      last = entry.getIndex();
    }

    private void apply(LogEntryProto entry) {
      try {
        byte[] bytes = entry.getStateMachineLogEntry().getLogData().toByteArray();
        EntryId id = new EntryId(entry.getIndex(), entry.getTerm());
        for (Proposal proposal : EntryCodec.current().decodeEntry(bytes)) {
          state = ClusterStateMachine.apply(state, id, proposal).state();
        }
      } catch (UndecodableException e) {
        undecodable =
            Optional.of(
                new StorageException(
                    Cause.OTHER,
                    "The log entry "
                        + entry.getIndex()
                        + " cannot be read by this build: "
                        + e.getMessage()
                        + ".",
                    e));
      }
    }
  }
}
