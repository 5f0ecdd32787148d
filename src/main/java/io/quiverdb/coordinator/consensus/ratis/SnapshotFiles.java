// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.codec.Snapshot;
import io.quiverdb.coordinator.codec.SnapshotCodec;
import io.quiverdb.coordinator.codec.UndecodableException;
import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import io.quiverdb.coordinator.disk.DurableFiles;
import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots on disk, each a file with its MD5 in a second one, in Ratis' {@code sm} directory.
 * Nothing else may be in that directory, because installing a snapshot replaces it as a whole.
 */
final class SnapshotFiles {
  private static final Pattern SNAPSHOT = Pattern.compile("snapshot\\.(\\d+)_(\\d+)");

  private final SnapshotCodec codec;
  private volatile @Nullable Path directory;
  private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();

  SnapshotFiles(SnapshotCodec codec) {
    this.codec = codec;
  }

  StateMachineStorage storage() {
    return storage;
  }

  /**
   * Lists the snapshots.
   *
   * @throws StorageException if the log begins after the newest snapshot: the purged entries are
   *     missing, and Ratis would continue without them
   */
  void open(RaftStorage raftStorage) throws IOException {
    Path sm = raftStorage.getStorageDir().getStateMachineDir().toPath();
    directory = sm;
    storage.init(raftStorage);
    SingleFileSnapshotInfo latest = storage.loadLatestSnapshot();
    long covered = latest == null ? -1 : latest.getIndex();
    Path logDir = raftStorage.getStorageDir().getCurrentDir().toPath();
    List<LogFiles.Segment> log = LogFiles.in(logDir);
    if (!log.isEmpty() && log.get(0).first() > covered + 1) {
      throw StorageException.damaged(
          "The log in "
              + logDir
              + " begins at entry "
              + log.get(0).first()
              + ", but the snapshot of what was before it is missing (the newest is of entry "
              + covered
              + ").",
          null);
    }
  }

  /**
   * The entry of the newest snapshot in a directory; -1 if there is none. A file without a checksum
   * is no snapshot: it was never finished. The content is not checked.
   */
  static long newestIndex(Path sm) throws IOException {
    return newestFirst(sm).stream()
        .filter(named -> Files.exists(sm.resolve(named.file().getFileName() + ".md5")))
        .mapToLong(Named::index)
        .findFirst()
        .orElse(-1);
  }

  /**
   * A snapshot by its name.
   *
   * @param index the last entry in it
   */
  record Named(Path file, long term, long index) {}

  /** All snapshots in a directory. */
  static List<Named> newestFirst(Path sm) throws IOException {
    List<Named> named = new ArrayList<>();
    for (Path file : DurableFiles.children(sm)) {
      Matcher name = SNAPSHOT.matcher(String.valueOf(file.getFileName()));
      if (name.matches()) {
        named.add(new Named(file, Long.parseLong(name.group(1)), Long.parseLong(name.group(2))));
      }
    }
    named.sort(Comparator.comparingLong(Named::index).reversed());
    return named;
  }

  private Path place() {
    return Objects.requireNonNull(directory, "not opened");
  }

  /** When this returns, the leader's snapshot is on disk among the older ones. */
  void keepReceived() throws IOException {
    Installation.keepReceived(place());
  }

  /** When this returns, the names that Ratis has changed are on disk. */
  void keepNames() throws IOException {
    Path sm = place();
    DurableFiles.force(sm);
    DurableFiles.forceParent(sm);
  }

  /** Writes a snapshot; it is durable when this returns. */
  void save(Snapshot snapshot) throws IOException {
    File place = storage.getSnapshotFile(snapshot.term(), snapshot.index());
    MessageDigest digest = MD5FileUtil.newMD5();
    Path temporary =
        DurableFiles.prepare(
            place.toPath(), out -> codec.write(new DigestOutputStream(out, digest), snapshot));
    MD5Hash md5 = MD5Hash.newInstance(digest.digest());
    // The checksum first: Ratis would take a snapshot without one for the newest.
    MD5FileUtil.saveMD5File(place, md5);
    DurableFiles.publish(temporary, place.toPath());
    storage.updateLatestSnapshot(
        new SingleFileSnapshotInfo(
            new FileInfo(place.toPath(), md5),
            TermIndex.valueOf(snapshot.term(), snapshot.index())));
  }

  /**
   * The newest snapshot on disk. Ratis' storage may remember an older one: a snapshot may just have
   * been installed.
   *
   * @throws StorageException if it is damaged or needs a newer build
   */
  Optional<Snapshot> loadLatest() throws IOException {
    SingleFileSnapshotInfo latest = storage.loadLatestSnapshot();
    if (latest == null) {
      return Optional.empty();
    }
    return Optional.of(
        load(new Named(latest.getFile().getPath(), latest.getTerm(), latest.getIndex()), codec));
  }

  /**
   * Reads one snapshot.
   *
   * @throws StorageException if it is damaged or needs a newer build
   */
  static Snapshot load(Named named, SnapshotCodec codec) throws IOException {
    File file = named.file().toFile();
    verify(file);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file.toPath()), 1 << 16)) {
      Snapshot snapshot = codec.read(in);
      if (snapshot.index() != named.index() || snapshot.term() != named.term()) {
        throw damaged(file, "it is of entry " + snapshot.index() + ", not what its name says");
      }
      return snapshot;
    } catch (UndecodableException e) {
      throw new StorageException(
          Cause.OTHER,
          "The snapshot " + file + " cannot be read: " + e.getMessage() + ". Nothing was changed.",
          e);
    }
  }

  /** Ratis' own check compares two stored checksums and never looks at the data. */
  private static void verify(File file) throws IOException {
    MD5Hash stored = MD5FileUtil.readStoredMd5ForFile(file);
    if (stored == null) {
      throw damaged(file, "its checksum file " + file.getName() + ".md5 is missing");
    }
    MD5Hash actual = MD5FileUtil.computeMd5ForFile(file);
    if (!actual.equals(stored)) {
      throw damaged(file, "its MD5 is " + actual + ", it was written with " + stored);
    }
  }

  private static StorageException damaged(File file, String how) {
    return StorageException.damaged("The snapshot " + file + " is damaged: " + how + ".", null);
  }
}
