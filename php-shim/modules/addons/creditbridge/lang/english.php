<?php

/**
 * English texts that clients see. WHMCS passes them as $vars['_lang']; lib/Language.php reads them too.
 */

if (!defined('WHMCS')) {
    die('This file cannot be accessed directly');
}

$_ADDONLANG['navigation'] = 'Credit';
$_ADDONLANG['client_title'] = 'Your credit';
$_ADDONLANG['client_unavailable'] = 'This page is not available at the moment. Your credit is safe. Please try again in a few'
    . ' minutes.';
$_ADDONLANG['client_forbidden'] = 'You need the permission for invoices to see this page. The owner of the account can give you'
    . ' this permission.';
$_ADDONLANG['checkout_unavailable'] = 'Your order cannot be checked at the moment. Please try again in a few minutes.';
