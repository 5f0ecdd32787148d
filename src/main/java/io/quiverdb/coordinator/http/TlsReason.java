// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why a handshake of TLS failed, for the operator. */
public final class TlsReason {
  private TlsReason() {}

  /**
   * Why this side does not accept the other one's certificate: then the handshake ended before any
   * request.
   *
   * @return empty if that is not the cause
   */
  public static Optional<String> ofRefusedCertificate(Throwable failure) {
    if (find(failure, CertificateExpiredException.class) != null) {
      return Optional.of("its certificate has expired");
    }
    if (find(failure, CertificateNotYetValidException.class) != null) {
      return Optional.of("its certificate is not valid yet");
    }
    if (find(failure, CertPathBuilderException.class) != null
        || find(failure, CertPathValidatorException.class) != null) {
      return Optional.of(
          "its certificate is not trusted: none of the CAs that are trusted for it has signed it");
    }
    CertificateException other = find(failure, CertificateException.class);
    return other == null
        ? Optional.empty()
        : Optional.of("its certificate is not for this host: " + other.getMessage());
  }

  private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }

  /** The message of a failed handshake, or of any other failure. */
  public static String of(Throwable failure) {
    return ofRefusedCertificate(failure)
        .orElseGet(
            () ->
                failure instanceof SSLException
                    ? "no TLS with it: " + Failures.reason(failure)
                    : Failures.reason(failure));
  }
}
