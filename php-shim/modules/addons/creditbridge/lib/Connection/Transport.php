<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Connection;

use WHMCS\Module\Addon\Creditbridge\Limits;

/**
 * One signed POST with cURL. Guzzle is not used: WHMCS bundles 5 or 7, depending on its version (whmcs.md §6).
 */
final class Transport
{
    /** @var resource|\CurlHandle|null kept so that batches of one process share a connection */
    private static $handle;

    /**
     * Posts the body and verifies that the reply is signed for this request.
     *
     * @param array<string, string[]> $secrets direction → those to sign with and to believe
     * @throws ServiceDown if there is no reply with a valid signature
     */
    public static function post(
        ServiceUrl $url,
        string $path,
        string $id,
        string $body,
        int $timeoutMs,
        array $secrets
    ): Reply {
        if ($secrets[Secrets::TO_SERVICE] === []) {
            throw new ServiceDown('secret-missing', 'There is no secret that WHMCS can decrypt. If this WHMCS came from another'
                . ' server, or has several, all need the same cc_encryption_hash in configuration.php. Otherwise press Show the'
                . ' secrets under Connection on the addon page, which makes new ones, and give both lines to the service.');
        }
        $timestamp = time();
        $received = self::exchange($url, $path, [
            'Content-Type: application/json',
            'webhook-id: ' . $id,
            'webhook-timestamp: ' . $timestamp,
            'webhook-signature: ' . Signer::sign($id, $timestamp, $body, $secrets[Secrets::TO_SERVICE]),
            'Expect:',
        ], $body, $timeoutMs);

        $refusal = Signer::refusal(
            // With the status, so that nobody on the way turns a refusal into an answer.
            $id . '-' . $received['status'],
            $received['headers']['webhook-timestamp'] ?? '',
            $received['text'],
            $received['headers']['webhook-signature'] ?? '',
            $secrets[Secrets::TO_WHMCS],
            time()
        );
        if ($refusal !== '') {
            throw Unbelievable::because($url, $received['status'], $received['text'], $refusal);
        }
        return new Reply($received['status'], $received['text']);
    }

    /** @throws ServiceDown */
    private static function exchange(ServiceUrl $url, string $path, array $headers, string $body, int $timeoutMs): array
    {
        $received = ['status' => 0, 'headers' => [], 'text' => ''];
        $handle = self::handle();
        curl_setopt_array($handle, [
            CURLOPT_URL => $url->base . $path,
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => $body,
            CURLOPT_HTTPHEADER => $headers,
            CURLOPT_TIMEOUT_MS => $timeoutMs,
            CURLOPT_CONNECTTIMEOUT_MS => min($timeoutMs, Limits::CONNECT_MS),
            CURLOPT_NOSIGNAL => true,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            CURLOPT_PROXY => '',
            CURLOPT_HEADERFUNCTION => static function ($handle, string $line) use (&$received): int {
                $parts = explode(':', $line, 2);
                if (isset($parts[1])) {
                    $received['headers'][strtolower(trim($parts[0]))] = trim($parts[1]);
                }
                return strlen($line);
            },
            CURLOPT_WRITEFUNCTION => static function ($handle, string $piece) use (&$received): int {
                $received['text'] .= $piece;
                return strlen($received['text']) > Limits::REPLY_BYTES ? 0 : strlen($piece);
            },
        ]);
        if ($url->socket !== '') {
            curl_setopt($handle, CURLOPT_UNIX_SOCKET_PATH, $url->socket);
        }
        if (curl_exec($handle) === false) {
            throw Unreachable::because($url, curl_errno($handle), curl_error($handle), $timeoutMs);
        }
        $received['status'] = (int) curl_getinfo($handle, CURLINFO_RESPONSE_CODE);

        return $received;
    }

    private static function handle()
    {
        if (self::$handle === null) {
            self::$handle = curl_init();
        } else {
            curl_reset(self::$handle);
        }
        return self::$handle;
    }
}
