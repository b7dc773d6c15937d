<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Hook;

use WHMCS\Module\Addon\Creditbridge\Database;

/**
 * The client of a hook. WHMCS names the client in several ways, or names only the invoice.
 */
final class Client
{
    const NAMES = ['userid', 'userId', 'clientId', 'client_id', 'clientid'];

    /** The client's id, or 0. */
    public static function of(array $data): int
    {
        foreach (self::NAMES as $name) {
            if (isset($data[$name])) {
                return (int) $data[$name];
            }
        }
        foreach (['invoiceid', 'InvoiceID', 'invoiceId'] as $name) {
            if (isset($data[$name])) {
                return (int) Database::value('SELECT userid FROM tblinvoices WHERE id = ?', [(int) $data[$name]]);
            }
        }
        return 0;
    }
}
