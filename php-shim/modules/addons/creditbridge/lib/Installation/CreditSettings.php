<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Installation;

/**
 * WHMCS's own settings about credit (whmcs.md §1.1).
 */
final class CreditSettings
{
    /** Settings that a command may change through WHMCS. */
    const WRITABLE = [
        'AddFundsEnabled', 'AddFundsMinimum', 'AddFundsMaximum', 'AddFundsMaximumBalance', 'AddFundsRequireOrder',
        'NoAutoApplyCredit', 'CreditOnDowngrade',
    ];

    /** Settings that the service gets. Mass payment settles invoices with credit (whmcs.md §1.2), so it is included. */
    const TOLD = [
        'AddFundsEnabled', 'AddFundsMinimum', 'AddFundsMaximum', 'AddFundsMaximumBalance', 'AddFundsRequireOrder',
        'NoAutoApplyCredit', 'CreditOnDowngrade', 'EnableMassPay',
    ];
}
