// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * Finds out whether anything listens where a base URL points, and says nothing to it. Thread-safe.
 */
public final class ListenerProbe {
  private final NameLookups names;
  private final Duration limit;

  /** What is there. */
  public enum Found {
    /** Every address of the host refuses connections at that port. */
    REFUSES,
    /** Something takes a connection. */
    ACCEPTS,
    /** There is no answer: it may listen, and be cut off or stopped. */
    SILENT,
    /** The name of the host has no address here. */
    NO_ADDRESS
  }

  /**
   * A probe.
   *
   * @param limit for the look-up of the name, and for each address
   */
  public ListenerProbe(NameLookups names, Duration limit) {
    this.names = names;
    this.limit = limit;
  }

  /** Looks at a base URL. */
  public Found look(String baseUrl) throws InterruptedException {
    try {
      Origin origin = Origin.of(baseUrl);
      Found found = Found.REFUSES;
      for (InetAddress address : names.await(origin.host(), limit)) {
        Found here = look(new InetSocketAddress(address, origin.port()));
        if (here == Found.ACCEPTS) {
          return here;
        }
        found = here == Found.SILENT ? here : found;
      }
      return found;
    } catch (NeverSentException e) {
      return Found.NO_ADDRESS;
    }
  }

  private Found look(InetSocketAddress address) throws InterruptedException {
    try (SocketChannel channel = SocketChannel.open()) {
      channel.socket().connect(address, (int) limit.toMillis());
      return Found.ACCEPTS;
    } catch (SocketTimeoutException e) {
      return Found.SILENT;
    } catch (ConnectException e) {
      return Found.REFUSES;
    } catch (ClosedByInterruptException e) {
      throw new InterruptedException("interrupted while connecting to " + address);
    } catch (IOException e) {
      return Found.SILENT;
    }
  }
}
