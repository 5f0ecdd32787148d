// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why a member did not start, for its operator. Only what was read and found broken is called
 * damaged: an operator who empties a directory because of a missing right would lose data for
 * nothing.
 */
final class StartFailure {
  /** The system's words for a failure that is not the file's content, and what to do then. */
  private record Reason(List<String> signs, String advice) {}

  private static final List<Reason> REASONS =
      List.of(
          new Reason(
              List.of("permission denied", "operation not permitted"),
              "The user of this process lacks a right there, as after one run as root: give the"
                  + " directory and everything in it to that user (chown -R)."),
          new Reason(
              List.of("too many open files"),
              "The process has too few file descriptors: raise the limit (ulimit -n, or"
                  + " LimitNOFILE= in the unit)."),
          new Reason(
              List.of("no space left on device", "disk quota exceeded", "no_space"),
              "The disk is full: free space on it."),
          new Reason(
              List.of("read-only file system"),
              "The file system is mounted read-only: look for disk errors in the kernel's log,"
                  + " then mount it for writing."),
          new Reason(
              List.of("input/output error"),
              "The disk failed to read or write: look for its errors in the kernel's log. The data"
                  + " may be whole: copy the directory to another disk before you give it up."),
          new Reason(
              List.of("address already in use", "cannot assign requested address"),
              "Another process holds the address, or it is not of this machine."),
          new Reason(
              List.of("cannot allocate memory", "unable to create native thread"),
              "The machine, or the limits of this process, leave too little memory or threads."));

  private StartFailure() {}

  /**
   * Says why a member cannot use its data.
   *
   * @param what what was being done, to what: the beginning of the message
   */
  static StorageException of(String what, Throwable failure) {
    Optional<StorageException> known = StorageException.in(failure);
    if (known.isPresent()) {
      return known.get();
    }
    List<Throwable> chain = chain(failure);
    Throwable root = chain.get(chain.size() - 1);
    for (Throwable link : chain) {
      Optional<Reason> reason = reason(link);
      if (reason.isPresent()) {
        return new StorageException(
            Cause.OTHER,
            what + ": " + link + ". " + reason.get().advice() + " Nothing was changed.",
            failure);
      }
      if (link instanceof LinkageError) {
        return new StorageException(
            Cause.OTHER,
            what
                + ": "
                + link
                + ". A class or a native library cannot be loaded: is the jar whole, was it"
                + " replaced under the process, and may files in java.io.tmpdir be executed?"
                + " Nothing was changed.",
            failure);
      }
      if (link instanceof LogFiles.Damage) {
        return StorageException.damaged(link.getMessage() + ".", failure);
      }
    }
    return new StorageException(
        Cause.OTHER,
        what
            + ": "
            + root
            + ". Nothing that was read of its data is damaged, and nothing was changed. Start this"
            + " member again; if it says the same, please report it.",
        failure);
  }

  /**
   * Says why a Raft server did not start on a group's directory. Ratis' message is not enough to
   * call anything damaged, so the log is read to find out.
   */
  static StorageException ofServer(Path group, Throwable failure) {
    String what = "The Raft server of this member did not start on " + group;
    boolean explained =
        StorageException.in(failure).isPresent()
            || chain(failure).stream()
                .anyMatch(link -> link instanceof LinkageError || reason(link).isPresent());
    try {
      if (!explained) {
        inspect(group);
      }
    } catch (IOException found) {
      found.addSuppressed(failure);
      return of(what, found);
    }
    return of(what, failure);
  }

  /** Whether the system refused, so that the file's content is not the reason. */
  static boolean isOfTheSystem(IOException failure) {
    return chain(failure).stream().anyMatch(link -> reason(link).isPresent());
  }

  private static Optional<Reason> reason(Throwable link) {
    if (!(link instanceof IOException) && !(link instanceof Error)) {
      return Optional.empty(); // it only repeats its cause
    }
    String text = said(link).toLowerCase(Locale.ROOT);
    return REASONS.stream()
        .filter(reason -> reason.signs().stream().anyMatch(text::contains))
        .findFirst();
  }

  private static String said(Throwable link) {
    if (link instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (link instanceof BindException) {
      return "address already in use";
    }
    // The reason only: a path may be called anything.
    if (link instanceof FileSystemException at) {
      return String.valueOf(at.getReason());
    }
    String message = String.valueOf(link.getMessage());
    return link instanceof FileNotFoundException
        ? message.substring(message.lastIndexOf('(') + 1)
        : message;
  }

  private static List<Throwable> chain(Throwable failure) {
    List<Throwable> chain = new ArrayList<>();
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (@Nullable Throwable t = failure; t != null && seen.add(t); t = t.getCause()) {
      chain.add(t);
    }
    return chain;
  }

  /** Reads log and term to find out why Ratis refused them without a reason. */
  private static void inspect(Path group) throws IOException {
    Path log = group.resolve("current");
    long covered = SnapshotFiles.newestIndex(group.resolve("sm"));
    List<LogFiles.Segment> segments = LogFiles.in(log);
    long first = segments.isEmpty() ? covered + 1 : segments.get(0).first();
    long unused = LogFiles.readBehind(log, Math.max(covered, first - 1), entry -> {});
    VoteFile.check(log.resolve("raft-meta"));
  }
}
