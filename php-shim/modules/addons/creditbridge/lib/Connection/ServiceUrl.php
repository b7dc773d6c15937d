<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Connection;

use InvalidArgumentException;

/**
 * The address of the service: loopback, a Unix socket, or https. Any other address would send data about money
 * unencrypted.
 */
final class ServiceUrl
{
    /** @var string without a slash at its end */
    public $base;
    /** @var string path of the Unix socket, or '' */
    public $socket;

    /** @var string as a sentence names it */
    public $shown;

    /** @throws InvalidArgumentException with a sentence for the admin */
    public function __construct(string $url)
    {
        $url = trim($url);
        if ($url === '') {
            throw new InvalidArgumentException('No service URL is set.');
        }
        if (strncmp($url, 'unix:', 5) === 0) {
            $path = preg_replace('#^/+#', '/', substr($url, 5));
            if (strncmp($path, '/', 1) !== 0) {
                throw new InvalidArgumentException(
                    'The service URL is ' . $url . '; a Unix socket is written unix:/path/to/socket.'
                );
            }
            $this->socket = $path;
            $this->base = 'http://localhost';
            $this->shown = 'the socket ' . $path;

            return;
        }
        $parts = parse_url($url);
        $scheme = strtolower((string) ($parts['scheme'] ?? ''));
        $host = strtolower(trim((string) ($parts['host'] ?? ''), '[]'));
        if ($host === '' || isset($parts['user']) || isset($parts['query']) || isset($parts['fragment'])) {
            throw new InvalidArgumentException('The service URL is not an address: ' . $url);
        }
        $isLoopback = $host === 'localhost' || $host === '::1' || preg_match('/^127(\.\d{1,3}){3}$/', $host);
        if ($scheme !== 'https' && !($scheme === 'http' && $isLoopback)) {
            throw new InvalidArgumentException(
                'The service URL must be loopback (http://127.0.0.1:port), a Unix socket (unix:/path) or https.'
            );
        }
        $this->socket = '';
        $this->base = rtrim($url, '/');
        $this->shown = $this->base;
    }
}
