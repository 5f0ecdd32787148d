// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.tls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** The DNS names and addresses in the subjectAltName of a certificate. */
public final class CertificateNames {
  private static final int DNS = 2;
  private static final int ADDRESS = 7;

  private CertificateNames() {}

  /**
   * Whether it names this host, a DNS name or an IP address. Wildcards do not count: such a
   * certificate would be valid for every member.
   */
  public static boolean name(X509Certificate certificate, String host) {
    String wanted = host.toLowerCase(Locale.ROOT);
    boolean address = wanted.contains(":") || wanted.matches("[0-9.]+");
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      if (names == null) {
        return false;
      }
      for (List<?> entry : names) {
        String text = String.valueOf(entry.get(1)).toLowerCase(Locale.ROOT);
        boolean fits =
            address
                ? entry.get(0).equals(ADDRESS) && sameAddress(text, wanted)
                : entry.get(0).equals(DNS) && text.equals(withoutDot(wanted));
        if (fits) {
          return true;
        }
      }
      return false;
    } catch (CertificateParsingException e) {
      return false;
    }
  }

  private static String withoutDot(String host) {
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  /** Compares two addresses; needs no look-up. */
  private static boolean sameAddress(String one, String other) {
    try {
      return InetAddress.getByName(one).equals(InetAddress.getByName(other));
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
